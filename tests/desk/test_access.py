"""Standing at a place never widens anybody's reach."""

from hypothesis import given
from hypothesis import strategies as st

from gongbi.core.public import PostHeld, Scope
from gongbi.desk.access import narrowed

paths = st.lists(st.sampled_from(["a", "b", "c"]), max_size=3).map(
    lambda codes: "/" + "".join(f"{code}/" for code in ["xx", *codes])
)
posts = st.builds(
    PostHeld,
    role=st.sampled_from(["duty_officer", "supervisor", "worker"]),
    unit=st.just("centre"),
    unit_path=st.just("/centre/"),
    place_path=paths,
)


@given(st.lists(posts, max_size=4), paths, paths)
def test_reach_is_what_both_allow(held, chosen, somewhere):
    scope = Scope("someone", tuple(held))
    less = narrowed(scope, chosen)
    can = less.can("centre.see", place_path=somewhere)
    assert can == (
        scope.can("centre.see", place_path=somewhere)
        and (
            somewhere.startswith(chosen)
            or any(
                post.place_path.startswith(chosen)
                and somewhere.startswith(post.place_path)
                and post.role != "worker"
                for post in held
            )
        )
    )


def test_nothing_is_left_elsewhere():
    scope = Scope("someone", (PostHeld("duty_officer", "centre", "/centre/", "/xx/a/"),))
    assert narrowed(scope, "/xx/b/").posts == ()
