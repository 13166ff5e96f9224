"""What has waited in the background since the first test (`conftest.py`)."""


def test_a_connection_that_says_nothing_is_closed(silent_connection):
    assert 8 < silent_connection.wait(20) < 16


def test_who_does_not_join_is_closed_after_ten_seconds(undecided_socket):
    assert 9 < undecided_socket.wait(25) < 14
    assert undecided_socket.result == (4408, "join_timeout")


def test_who_is_silent_is_closed_after_a_minute(silent_socket):
    assert 58 < silent_socket.wait(80) < 66
    assert silent_socket.result == (4408, "keepalive_timeout")
