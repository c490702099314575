"""Two papers on a page, as converters and pages write them. Titles, ids, dates and counts are facts; the abstracts are ours."""

FIRST = "LIBERO: Benchmarking Knowledge Transfer for Lifelong Robot Learning"
SECOND = "Soft Adaptive Policy Optimization"
OF_FIRST = (
    "Robots that learn for a lifetime should carry over what they know from one task to the next. This benchmark has suites of "
    "tasks for that, and shows which kinds of knowledge are carried over and which are forgotten on the way to the next task."
)
OF_SECOND = (
    "Hard clipping of importance ratios throws away what off-policy tokens could still teach. A smooth gate that depends on a "
    "temperature keeps their gradients where they help and weakens them where they would make the training unstable."
)
HUB = "https://huggingface.co"


def wrapped(text: str, width: int = 70) -> str:
    """A text with hard line ends."""
    lines, line = [], ""
    for word in text.split():
        if len(line) + len(word) >= width:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    return "\n".join([*lines, line])


PLAIN = f"""Daily Papers

byAK and the research community

Dec 8

41

{FIRST}

{OF_FIRST}

  • 7 authors
·
Jun 5, 2023

2

98

{SECOND}

{OF_SECOND}

Qwen Qwen
·
Nov 25

3
"""

WRAPPED = f"""Daily Papers

byAK and the research community

Dec 8

41

{FIRST}

{wrapped(OF_FIRST)}

  • 7 authors
·
Jun 5, 2023 2

98

{SECOND}

{wrapped(OF_SECOND)}

Qwen Qwen
·
Nov 25 3
"""

MARKDOWN = f"""new

Get trending papers in your email inbox once a day!

[Subscribe]({HUB}/login?next=%2Fpapers)

# Daily Papers

## by [![]({HUB}/front/assets/papers-by.png)AK]({HUB}/akhaliq) and the research community

- Daily
- Weekly
- Monthly

[Trending Papers]({HUB}/papers/trending)

Dec 8

[41]({HUB}/login?next=%2Fpapers%2F2306.03310)

### [{FIRST}]({HUB}/papers/2306.03310)

[{wrapped(OF_FIRST).replace(chr(10), chr(92) * 2 + chr(10))}]({HUB}/papers/2306.03310)

[- ![]({HUB}/avatars/a.svg)\\\\
- 7 authors]({HUB}/papers/2306.03310)

·

Jun 5, 2023[2]({HUB}/papers/2306.03310#community)

[98]({HUB}/login?next=%2Fpapers%2F2511.20347)

### [{SECOND}]({HUB}/papers/2511.20347)

[{OF_SECOND}]({HUB}/papers/2511.20347)

[![Qwen](https://cdn-avatars.huggingface.co/a.png)Qwen]({HUB}/Qwen)

·

Nov 25[3]({HUB}/papers/2511.20347#community)
"""

ADDRESSES = f"""Daily Papers

by

AK

{HUB}/akhaliq

 and the research community

Daily

Weekly

Monthly

{HUB}/papers/trending

Dec 8

 [-] 41

{HUB}/login?next=%2Fpapers%2F2306.03310

{FIRST}

{HUB}/papers/2306.03310

{OF_FIRST}

{HUB}/papers/2306.03310

[

7 authors]({HUB}/papers/2306.03310)

·

Jun 5, 2023

2

{HUB}/papers/2306.03310#community

 [-] 98

{HUB}/login?next=%2Fpapers%2F2511.20347

{SECOND}

{HUB}/papers/2511.20347

{OF_SECOND}

{HUB}/papers/2511.20347

 Qwen

{HUB}/Qwen

·

Nov 25

3

{HUB}/papers/2511.20347#community
"""

REFERENCES = f"""[Subscribe][29]

# Daily Papers

## by[AK][30] and the research community
* Daily
* Weekly
* Monthly

Dec 8
[
41
][31]

### [{FIRST}][32]

[

{wrapped(OF_FIRST, 110)}

][33]
[
* 7 authors
][34]
·
Jun 5, 2023 [ 2][35]
[
98
][36]

### [{SECOND}][37]

[

{wrapped(OF_SECOND, 110)}

][38]
[[Qwen] Qwen][39]
·
Nov 25 [ 3][40]
"""


def trending_card(*, wide: bool) -> str:
    """The two papers of the trending page once, as it writes them for wide or for narrow screens."""
    published = "Published on " if wide else ""
    return f"""Submitted by

zkwi

### [{FIRST}]({HUB}/papers/2306.03310)

{OF_FIRST}

- 7 authors

· {published}Jun 5, 2023

[Upvote

41]({HUB}/login?next=%2Fpapers%2F2306.03310)

[GitHub 1.2k](https://github.com/Lifelong-Robot-Learning/LIBERO) [arXiv Page](https://arxiv.org/abs/2306.03310)

"""


TRENDING = f"""Trending Papers

by AK and the research community

{trending_card(wide=True)}{trending_card(wide=False)}[![]({HUB}/t.png)]({HUB}/papers/2511.20347)

Submitted by

chujiezheng

### [{SECOND}]({HUB}/papers/2511.20347)

{OF_SECOND}

[[Qwen] Qwen]({HUB}/Qwen) · Published on Nov 25, 2025

[Upvote

98]({HUB}/login?next=%2Fpapers%2F2511.20347)

[GitHub 131](https://github.com/example/sapo) [arXiv Page](https://arxiv.org/abs/2511.20347)
"""

CARDS = f"""Daily Papers

byAK and the research community

Dec 8

Submitted by
zkwi
41
{FIRST}
· 7 authors
2
Submitted by chujiezheng
98
{SECOND}
Qwen Qwen
3
"""
