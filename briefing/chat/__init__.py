"""The language model: any provider that langchain knows by name, asked for JSON in a schema, within a budget, a deadline, one
layer of retries and one breaker; what it has answered once is kept."""

from briefing.chat.budget import Budget, OverBudget, Spent
from briefing.chat.client import Chat, Reply, ReplyCache, structured

__all__ = ["Budget", "Chat", "OverBudget", "Reply", "ReplyCache", "Spent", "structured"]
