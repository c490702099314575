"""The words of made-up papers of other venues and decades: fields with their things and doings, acronyms with their readings."""

from typing import Final, NamedTuple


class Reading(NamedTuple):
    """What an acronym stands for in one field."""

    short: str
    long: str
    field: str


FIELDS: Final = {
    "databases": (
        "query optimizer, join algorithm, transaction log, relational schema, B-tree, view maintenance, concurrency "
        "control, buffer pool, deductive database, object store, spatial index, data warehouse, crash recovery, "
        "selectivity estimation, column layout"
    ).split(", "),
    "systems": (
        "file system, microkernel, virtual memory, garbage collector, remote procedure call, page replacement, "
        "distributed lock, checkpoint, cache coherence, process migration, device driver, log-structured storage, thread "
        "scheduler, memory allocator"
    ).split(", "),
    "networks": (
        "congestion control, packet scheduler, multicast tree, routing table, wireless channel, admission control, "
        "sliding window, overlay network, link layer, traffic shaping, error-correcting code, medium access, network "
        "tomography, bandwidth sharing"
    ).split(", "),
    "theory": (
        "lower bound, approximation ratio, planar graph, randomized algorithm, circuit complexity, spanning tree, matroid "
        "intersection, communication complexity, hash function, interactive proof, convex hull, online problem, sorting "
        "network, fixed point"
    ).split(", "),
    "graphics": (
        "ray tracer, radiosity, texture map, subdivision surface, volume renderer, motion capture, implicit surface, mesh "
        "simplification, shadow volume, reflectance model, collision detection, image morphing, spline patch, level of "
        "detail"
    ).split(", "),
    "interaction": (
        "pointing device, pie menu, direct manipulation, eye tracker, tangible interface, screen reader, handwriting, "
        "information scent, groupware, wearable computer, usability study, zoomable interface, speech prompt, undo "
        "history"
    ).split(", "),
    "signals": (
        "adaptive filter, wavelet basis, speech codec, spectral estimate, array processor, echo canceller, subband coder, "
        "vector quantizer, pitch detector, phase retrieval, blind equalizer, image restoration, sampling lattice, matched "
        "filter"
    ).split(", "),
    "biology": (
        "gene expression, protein structure, sequence alignment, phylogenetic tree, binding site, cell cycle, metabolic "
        "network, restriction map, regulatory motif, population genetics, mass spectrum, evolutionary rate, membrane "
        "protein, splice junction"
    ).split(", "),
    "physics": (
        "phase transition, spin glass, superconductor, quantum dot, plasma instability, lattice gauge theory, neutron "
        "star, neutrino mass, optical trap, percolation cluster, boundary layer, thin film, black hole, cosmic ray, "
        "surface wave"
    ).split(", "),
    "medicine": (
        "randomized trial, blood pressure, tumour growth, vaccine response, hospital stay, insulin dose, bone density, "
        "cardiac rhythm, cohort study, antibiotic resistance, kidney function, sleep disorder, screening programme, wound "
        "healing"
    ).split(", "),
    "economics": (
        "auction design, wage bargaining, exchange rate, consumer demand, price stickiness, voting rule, matching market, "
        "tax incidence, credit constraint, trade barrier, public good, moral hazard, labour supply, yield curve"
    ).split(", "),
    "engineering": (
        "heat exchanger, concrete beam, wind turbine, fuel cell, robot arm, servo loop, bearing fault, power grid, "
        "composite laminate, diesel engine, bridge deck, welding seam, pressure vessel, flight controller"
    ).split(", "),
}

READINGS: Final = tuple(
    Reading(*line.split("|"))
    for line in (
        "ATM|asynchronous transfer mode|networks", "ATM|automated teller machine|economics",
        "SVM|shared virtual memory|systems", "SVM|support vector machine|biology",
        "EM|electron microscopy|biology", "EM|expectation maximization|signals",
        "IR|intermediate representation|systems", "IR|infrared radiation|physics",
        "MPC|model predictive control|engineering", "MPC|multiparty computation|theory",
        "CFD|computational fluid dynamics|engineering", "CFD|conditional functional dependency|databases",
        "QCD|quantum chromodynamics theory|physics", "RPC|resistive plate chamber|physics",
        "GA|genetic algorithm|engineering", "GA|general anaesthesia|medicine",
        "LP|linear programming|theory", "LP|lumbar puncture|medicine",
        "PCR|polymerase chain reaction|biology", "PCR|principal component regression|economics",
        "VR|virtual reality|interaction", "VR|variance ratio|economics",
        "OLAP|online analytical processing|databases", "DHT|distributed hash table|networks",
        "BRDF|bidirectional reflectance distribution function|graphics", "HMM|hidden markov model|signals",
        "CABG|coronary artery bypass grafting|medicine", "FEM|finite element method|engineering",
        "GPS|generalized processor sharing|networks", "GPS|global positioning system|engineering",
        "CSP|constraint satisfaction problem|theory", "CSP|communicating sequential processes|systems",
    )
)  # fmt: skip

DOINGS: Final = (
    "analysis,design,implementation,evaluation,estimation,simulation,verification,measurement,synthesis,classification,"
    "characterization,optimization,comparison,prediction,visualization,approximation,theory,management,recovery,detection"
).split(",")
MANNERS: Final = (
    "efficient,optimal,adaptive,distributed,incremental,hierarchical,robust,parallel,scalable,stochastic,nonlinear,dynamic,"
    "interactive,declarative,fault-tolerant,practical,generalized,asymptotic,low-cost,real-time,large-scale,qualitative"
).split(",")
WORDS: Final = (
    "Anvil,Beacon,Bridge,Canopy,Cascade,Compass,Condor,Delta,Ember,Falcon,Garnet,Harbor,Horizon,Janus,Lattice,Lighthouse,Mantis,"
    "Mercury,Mosaic,Nimbus,Oracle,Orion,Pilot,Prism,Quill,Raven,Relay,Saffron,Sketchpad,Spider,Tapestry,Titan,Vesta,Willow,Zephyr"
).split(",")
FAMILY: Final = (
    "Abbott,Bergström,Castellanos,Dubois,Eriksen,Fischer,Gupta,Hashimoto,Ivanov,Jensen,Kowalski,Lindqvist,Müller,Nakamura,O'Brien,"
    "Papadopoulos,Quinn,Rossi,Silva,Tanaka,Ueda,van der Berg,Weiss,Xu,Yamamoto,Zhou,Almeida,Brandt,Cohen,Delacroix"
).split(",")
