"""Matching: who fits whom, inquiries to practices, and what they answered."""
