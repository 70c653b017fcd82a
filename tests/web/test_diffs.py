"""A unified diff is split into files and lines."""

from hypothesis import given, settings
from hypothesis import strategies as st

from freehold.web.diffs import MAX_LINES, split

DIFF = """diff --git a/x.py b/x.py
index 1..2 100644
--- a/x.py
+++ b/x.py
@@ -1,2 +1,2 @@
-old
+new
 same
\\ No newline at end of file
diff --git a/b.bin b/b.bin
new file mode 100644
Binary files /dev/null and b/b.bin differ
"""


def test_files_lines_and_counts():
    files, cut = split(DIFF)
    assert [file.path for file in files] == ["x.py", "b.bin"]
    assert (files[0].added, files[0].removed, cut) == (1, 1, False)
    assert [line.kind for line in files[0].lines] == ["hunk", "removed", "added", "", "note"]
    assert [line.kind for line in files[1].lines] == ["note"]


def test_lines_are_numbered_on_both_sides():
    hunk = "diff --git a/x b/x\n@@ -7,3 +9,3 @@ def f():\n same\n-old\n+new\n+more\n same\n@@ -40 +50 @@\n-a\n+b\n"
    lines = split(hunk)[0][0].lines
    numbers = [(line.old, line.new) for line in lines if line.kind != "hunk"]
    assert numbers == [(7, 9), (8, None), (None, 10), (None, 11), (9, 12), (40, None), (None, 50)]


def test_a_long_diff_is_cut():
    files, cut = split(DIFF + "diff --git a/z b/z\n@@ -0,0 +1 @@\n" + "+x\n" * 5000)
    assert cut
    assert sum(len(file.lines) for file in files) == MAX_LINES


@settings(max_examples=50, deadline=None)
@given(
    st.lists(
        st.sampled_from(["diff --git a/x b/x", "@@ -1 +1 @@", "+a", "-b", " c", "", "noise", "--- a"]), max_size=20
    )
)
def test_any_text_is_split(lines):
    split("\n".join(lines))
