"""German words for the codes of the domain, a module for each part of the work; `ui.labels` looks them up."""
