"""Who may be entered twice: pairs with reasons, side by side, brought together or called different, and taken back."""
