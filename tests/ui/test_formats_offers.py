"""What somebody offers, where a diff must tell it apart."""

from ui.therapist_values import value_words


def test_methods_come_with_age_and_setting() -> None:
    """A method alone would hide that only the group or only children changed."""
    codes = ["cbt:adult:individual", "cbt:child_youth:group"]
    assert value_words("offers", codes) == "VT (Erwachsene, Einzel), VT (Kinder und Jugendliche, Gruppe)"
