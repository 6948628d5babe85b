"""Controls every page uses; none of them knows a page or the domain's services."""
