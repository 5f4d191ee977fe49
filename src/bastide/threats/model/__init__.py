"""The threat model that follows from resources: boundaries, elements and flows, each with what justifies it."""

from bastide.threats.model.build import model_of, put_model
from bastide.threats.model.shape import TABLES, Boundary, Element, Flow, Model

__all__ = ["TABLES", "Boundary", "Element", "Flow", "Model", "model_of", "put_model"]
