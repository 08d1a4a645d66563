"""What is loaded while sensors are looked for."""

import subprocess
import sys

import session


def test_warming_up_ends_by_itself_and_leaves_nothing_to_load_for_the_first_block() -> None:
    thread = session.warm_up()
    thread.join(60)
    assert not thread.is_alive()
    code = (
        "import sys, numpy, session, dsp; session.warm_up().join(); known = set(sys.modules);"
        "analyzer = dsp.Analyzer(rate_hz=200.0); analyzer.push(numpy.zeros((2000, 3), numpy.float32)); analyzer.finish();"
        "late = {m for m in set(sys.modules) - known if m.startswith('scipy')}; assert not late, late"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)
