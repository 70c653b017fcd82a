"""Which passwords people may choose."""

from freehold.base.errors import Invalid

_GUESSED_FIRST = frozenset(
    {
        "0123456789", "0987654321", "1234567890", "12345678910", "123456789a", "1234567891", "1111111111",
        "1q2w3e4r5t", "1qaz2wsx3edc", "9876543210", "a123456789", "abcdefghij", "abcd1234567", "administrator",
        "changemenow", "football123", "iloveyou123", "letmein123", "letmeinplease", "passw0rd123", "password12",
        "password123", "password1234", "passwordpassword", "princess123", "q1w2e3r4t5", "qazwsxedcr", "qwerty1234",
        "qwerty12345", "qwertyuiop", "qwertyuiop123", "superman123", "trustno1trustno1", "welcome123", "welcome1234",
        "zaq12wsxcde3", "zxcvbnm123", "correcthorsebatterystaple",
    }
)  # fmt: skip


def check_choice(password: str, *about: str) -> None:
    """Raise Invalid for a password that is guessed first; `about`: names and addresses that say who it is."""
    folded = password.casefold().strip()
    known = {word.casefold() for one in about for word in (one, one.partition("@")[0]) if word}
    plain = folded.strip("0123456789!.?-_ ")
    if folded in _GUESSED_FIRST or folded in known or plain in known or len(set(folded)) <= 2:
        raise Invalid("This password is among the first that are guessed. Choose another; three words are better.")
