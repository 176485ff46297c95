"""What a page says of verdicts."""

from dataclasses import dataclass

from pdenet.page.words import escaped, say, sentences


@dataclass
class Made:
    """A claim with a verdict that nobody measured."""

    name: str
    verdict: str

    def sentence(self, spec: str = ".4g") -> str:
        return f"{self.name}: {2 / 3:{spec}}, {self.verdict}"

    def say(self, holds: str, fails: str, undecided: str = "") -> str:
        return {"holds": holds, "does not hold": fails}.get(self.verdict, undecided)


def test_what_is_said_fits_the_verdict() -> None:
    words = ("better", "worse", "who knows")
    said = [say(Made("a", verdict), *words) for verdict in ("holds", "does not hold", "not decided")]
    assert said == [*words]
    assert say(Made("a", "not decided"), "better", "worse") == ""


def test_without_runs_nothing_is_said() -> None:
    assert say(None, "better", "worse", "who knows") == ""


def test_a_list_has_one_line_a_claim_in_the_given_order() -> None:
    judged = [Made("b", "holds"), Made("a", "not decided")]
    assert sentences(judged, ".1f") == "- b: 0.7, holds\n- a: 0.7, not decided"
    assert sentences(judged[:1]) == "- b: 0.6667, holds"


def test_an_empty_list_may_have_other_words() -> None:
    assert sentences([]) == ""
    assert sentences([], otherwise="*No runs yet.*") == "*No runs yet.*"


def test_text_of_a_file_is_no_html_on_a_page() -> None:
    assert escaped("<script>alert(1)</script> & <img src=x>") == (
        "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &lt;img src=x&gt;"
    )
    assert escaped("Intel(R) Xeon(R), 2 threads: 'a' \"b\"") == "Intel(R) Xeon(R), 2 threads: 'a' \"b\""
