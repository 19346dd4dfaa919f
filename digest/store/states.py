"""States as the numbers that stand for them in rows and journals; a number is never used again."""

from digest.model import DeliveryState

CODES: dict[DeliveryState, int] = {
    DeliveryState.CLAIMED: 1,
    DeliveryState.SENDING: 2,
    DeliveryState.ACCEPTED: 3,
    DeliveryState.DEFERRED: 4,
    DeliveryState.REJECTED: 5,
    DeliveryState.IN_DOUBT: 6,
    DeliveryState.EXPIRED: 7,
    DeliveryState.SKIPPED: 8,
    DeliveryState.BOUNCED: 9,
}
"""State → its number (PLANNED has no row; SENDING stands in journals alone)."""

STATES = {code: state for state, code in CODES.items()}
