"""What a licence id says about use, in four words; of an id that is not listed nothing is said."""

from collections.abc import Sequence

COMMERCIAL, NONCOMMERCIAL, SHARE_ALIKE, LIMITS = "commercial", "noncommercial", "sharealike", "limits"

_PERMISSIVE_TEXT = """
    apache-2.0 mit afl-3.0 artistic-2.0 bsd bsd-2-clause bsd-3-clause bsd-3-clause-clear bsl-1.0 cc-by-2.0
    cc-by-2.5 cc-by-3.0 cc-by-4.0 cc-by-nd-4.0 cc0-1.0 cdla-permissive-1.0 cdla-permissive-2.0 ecl-2.0 etalab-2.0
    isc lppl-1.3c ms-pl ncsa o-uda-1.0 odc-by odc-by-1.0 ofl-1.1 openmdw-1.0 openmdw-1.1 pddl postgresql unlicense
    wtfpl zlib
"""
_PERMISSIVE = frozenset(_PERMISSIVE_TEXT.split())

_COPYLEFT_TEXT = """
    agpl-3.0 cc-by-sa-3.0 cc-by-sa-4.0 cdla-sharing-1.0 epl-1.0 epl-2.0 eupl-1.1 eupl-1.2 gfdl gpl gpl-2.0 gpl-3.0
    lgpl lgpl-2.1 lgpl-3.0 mpl-2.0 odbl odbl-1.0 osl-3.0
"""
_COPYLEFT = frozenset(_COPYLEFT_TEXT.split())

_RESPONSIBLE_TEXT = """
    bigcode-openrail-m bigscience-bloom-rail-1.0 bigscience-openrail-m creativeml-openrail-m gemma llama2 llama3
    llama3.1 llama3.2 llama3.3 llama4 openrail
"""
_RESPONSIBLE = frozenset(_RESPONSIBLE_TEXT.split())
"""Commercial use is allowed, but not every use."""

_RESEARCH_TEXT = """
    apple-amlr c-uda cc-by-nc-2.0 cc-by-nc-3.0 cc-by-nc-4.0 cc-by-nc-nd-3.0 cc-by-nc-nd-4.0
    fair-noncommercial-research fair-noncommercial-research-license flux-1-dev intel-research llama1 mnpl
    qwen-research stability-nc
"""
_RESEARCH = frozenset(_RESEARCH_TEXT.split())

_RESEARCH_ALIKE = frozenset(("cc-by-nc-sa-2.0", "cc-by-nc-sa-3.0", "cc-by-nc-sa-4.0"))


def restricts(licence: str) -> bool:
    """Whether a licence is known to forbid some use, or to hand on what was made of the thing."""
    return "-nd-" in licence or not {NONCOMMERCIAL, LIMITS}.isdisjoint(terms_of(licence))


def terms_of(licence: str) -> Sequence[str]:
    """Words for one licence id; none for one whose text differs from release to release, or is unknown."""
    if licence in _PERMISSIVE:
        return (COMMERCIAL,)
    if licence in _COPYLEFT:
        return (COMMERCIAL, SHARE_ALIKE)
    if licence in _RESPONSIBLE:
        return (COMMERCIAL, LIMITS)
    if licence in _RESEARCH_ALIKE:
        return (NONCOMMERCIAL, SHARE_ALIKE)
    return (NONCOMMERCIAL, LIMITS) if licence in _RESEARCH else ()
