"""A Plan as a tantivy query: where a form may stand and how much that counts."""

from dataclasses import replace

from tantivy import FieldType, Occur, Query, Schema, Searcher

from bot.query import AllOf, AnyOf, Concept, Form, Node, Plan
from bot.text_fields import topic_term
from bot.topic_table import word_key
from storage.index_documents import NO_DAY, PRIVATE, REACH, paper_text, person, to_space

Clause = tuple[Occur, Query]

FIELD_BOOSTS = (("title", 3.0), ("keywords", 1.5), ("abstract", 1.0))
TOPIC_BOOST = 3.0
EXACT_BOOST = 1.0
"""What it adds that a word stands as typed, not in another form of its stem: "fairness" is not "fair"."""
OTHER_FORMS = 0.3
"""How much a paper gains, of its score there, where it says a topic in a second form."""
COMMON = 20_000
"""A phrase of words that are each in more abstracts than that, and that need not occur, is not looked for there."""


def plan_query(schema: Schema, plan: Plan, searcher: Searcher) -> Query:
    """The tantivy query of a plan; how it is put depends on how common its words are in what `searcher` sees."""
    parts: list[Clause] = [(Occur.Must, node_query(schema, node)) for node in plan.must]
    parts += [(Occur.Must, _person_query(schema, name)) for name in plan.authors]
    if plan.since or plan.until:
        since = plan.since.toordinal() if plan.since else NO_DAY + 1
        until = plan.until.toordinal() if plan.until else None
        parts.append((Occur.Must, _unscored(Query.range_query(schema, "published", FieldType.Integer, since, until))))
    if plan.added_after is not None:
        after = Query.range_query(schema, "added", FieldType.Integer, plan.added_after, None, include_lower=False)
        parts.append((Occur.Must, _unscored(after)))
    parts += [(Occur.MustNot, node_query(schema, node)) for node in plan.must_not]
    if not any(occur is Occur.Must for occur, _ in parts):
        parts.append((Occur.Must, Query.all_query()))
    parts += [(Occur.Should, _welcome(schema, node, searcher)) for node in plan.should]
    return Query.boolean_query(parts)


def _welcome(schema: Schema, node: Node, searcher: Searcher) -> Query:
    """What is welcome and need not occur. Whether common words stand side by side costs most of a search: abstracts are long."""
    if isinstance(node, Concept) and len(node.forms) == 1:
        terms = paper_text().analyze(node.forms[0].text)
        if len(terms) > 1 and min(searcher.doc_freq("abstract", term) for term in terms) > COMMON:
            name, boost = FIELD_BOOSTS[0]
            return Query.boost_query(_in_field(schema, name, terms), boost * node.forms[0].weight)
    return node_query(schema, node)


def node_query(schema: Schema, node: Node) -> Query:
    """The query of one part of a plan."""
    clauses = _clauses(schema, node)
    return Query.boolean_query(clauses) if clauses else Query.empty_query()


def _clauses(schema: Schema, node: Node) -> list[Clause]:
    """Queries of which any may find a paper; their scores add up. Flat where that can be: a union of terms alone costs half."""
    match node:
        case Concept((first, *others)) if first.is_topic or not others:
            less = (replace(form, weight=form.weight * OTHER_FORMS) for form in others)
            return [clause for form in (first, *less) for clause in _form_clauses(schema, form)]
        case Concept(forms):
            found = (_form_clauses(schema, form) for form in forms)
            queries = [Query.boolean_query(clauses) for clauses in found if clauses]
            return [(Occur.Should, Query.disjunction_max_query(queries, OTHER_FORMS))] if queries else []
        case AnyOf(nodes):
            return [clause for one in nodes for clause in _clauses(schema, one)]
        case AllOf(nodes):
            return [(Occur.Should, Query.boolean_query([(Occur.Must, node_query(schema, one)) for one in nodes]))]


def _form_clauses(schema: Schema, form: Form) -> list[Clause]:
    """A word or phrase in title, keywords or abstract, or a topic; nothing where it holds no term."""
    if form.is_topic:
        marked = Query.term_query(schema, "topic", topic_term(form.text), "freq")
        return [(Occur.Should, Query.boost_query(marked, TOPIC_BOOST * form.weight))]
    terms = paper_text().analyze(form.text)
    if not terms:
        return []
    said = [(_in_field(schema, name, terms), boost) for name, boost in FIELD_BOOSTS]
    if len(terms) == 1 and terms[0] != word_key(form.text):
        said += [(Query.term_query(schema, "exact", word, "freq"), EXACT_BOOST) for word in _spelt_so(form.text)]
    return [(Occur.Should, Query.boost_query(query, boost * form.weight)) for query, boost in said]


def _spelt_so(word: str) -> list[str]:
    """A word as papers may spell it, in the singular and the plural; its stem alone would also find other words."""
    words = person().analyze(word)
    return list(dict.fromkeys(one for word in words for one in (word, word_key(word), word_key(word) + "s")))


def _in_field(schema: Schema, name: str, terms: list[str]) -> Query:
    if len(terms) == 1:
        return Query.term_query(schema, name, terms[0], "freq")
    return Query.phrase_query(schema, name, list(terms))


def _person_query(schema: Schema, name: str) -> Query:
    terms = person().analyze(name)
    return (
        Query.boolean_query([(Occur.Must, Query.term_query(schema, "authors", term)) for term in terms])
        if terms
        else Query.all_query()
    )


def _unscored(query: Query) -> Query:
    return Query.const_score_query(query, 0.0)


def seen(schema: Schema, query: Query, viewer: str) -> Query:
    """What a query finds of the papers that a viewer (a space; empty: anybody) may see. Costs as much as papers are private."""
    hidden = Query.term_query(schema, REACH, PRIVATE)
    if viewer:
        own = Query.term_query(schema, REACH, to_space(viewer))
        hidden = Query.boolean_query([(Occur.Must, hidden), (Occur.MustNot, own)])
    return Query.boolean_query([(Occur.Must, query), (Occur.MustNot, hidden)])
