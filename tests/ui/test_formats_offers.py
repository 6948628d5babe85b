"""What somebody offers, where a diff must tell it apart."""

from ui.therapist_values import difference_words, value_words


def test_methods_come_with_age_and_setting() -> None:
    """A method alone would hide that only the group or only children changed."""
    codes = ["cbt:adult:individual", "cbt:child_youth:group"]
    assert value_words("offers", codes) == "VT (Erwachsene, Einzel), VT (Kinder und Jugendliche, Gruppe)"


def test_what_a_long_list_gains_and_loses_is_told() -> None:
    """Its beginning may be the same before and after; of what is new or gone wholly the cells say enough."""
    before, after = ["cbt:adult:group", "cbt:adult:individual"], ["cbt:adult:group", "systemic:adult:unknown"]
    said = "Kommt hinzu: ST (Erwachsene, Setting unbekannt). Fällt weg: VT (Erwachsene, Einzel)."
    assert difference_words("offers", before, after) == said
    assert difference_words("phone_hours", "{[540,600)}", "{[540,600),[2000,2060)}") == "Kommt hinzu: Di 09:20–10:20."
    assert difference_words("offers", [], after) == difference_words("phone", "+49241", "+49242") == ""
