"""The page Vermittlung: who fits whom, and why."""
