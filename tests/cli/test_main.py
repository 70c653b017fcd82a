"""What all commands have in common."""

import subprocess
import sys


def test_what_a_command_logs_shows_no_variable_and_no_key(tmp_path, environment):
    script = (
        "import click, structlog\n"
        "from freehold.cli.main import app\n"
        "@app.command()\n"
        "def fail():\n"
        "    key = 'a private ' + 'key'\n"
        "    try:\n"
        "        raise ValueError(len(key))\n"
        "    except ValueError:\n"
        "        structlog.get_logger('freehold').exception('it failed with hf_' + 'x' * 34)\n"
        "app(['fail'])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    assert "ValueError: 13" in done.stderr and "[secret]" in done.stderr
    assert "a private key" not in done.stderr + done.stdout and done.stdout == ""
