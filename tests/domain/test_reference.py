"""References: what they look like, and whose they may be."""

import pytest

from bot.domain.errors import BadInput
from bot.domain.reference import Bounds, Place, Reference, is_reference

ARN = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:"
BOUNDS = Bounds(frozenset(Place), "autotask-bot", region="eu-central-1")


def refusal(text: str, bounds: Bounds = BOUNDS) -> str:
    with pytest.raises(BadInput) as refused:
        bounds.parse(text, "T1")
    assert refused.value.field == "secret"
    return refused.value.sentence()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("aws-sm:autotask-bot/T1/lake", Reference(Place.AWS, "autotask-bot/T1/lake")),
        (
            "aws-sm:autotask-bot/T1/a/b+c=d.e@f_g#AWSPREVIOUS",
            Reference(Place.AWS, "autotask-bot/T1/a/b+c=d.e@f_g", "AWSPREVIOUS"),
        ),
        (
            f"aws-sm:{ARN}autotask-bot/T1/lake-a1B2c3#AWSCURRENT",
            Reference(
                Place.AWS, "autotask-bot/T1/lake", "AWSCURRENT", f"{ARN}autotask-bot/T1/lake-a1B2c3"
            ),
        ),
        ("azure-kv:autotask-bot-T1-lake", Reference(Place.AZURE, "autotask-bot-T1-lake")),
        (
            "azure-kv:autotask-bot-T1-lake/0123abcd",
            Reference(Place.AZURE, "autotask-bot-T1-lake", "0123abcd"),
        ),
        (
            "vault:secret/autotask-bot/T1/lake",
            Reference(Place.VAULT, "secret/autotask-bot/T1/lake"),
        ),
        (
            "vault:secret/autotask-bot/T1/a/b#12",
            Reference(Place.VAULT, "secret/autotask-bot/T1/a/b", "12"),
        ),
    ],
)
def test_a_reference_is_read_and_written_the_same_way(text: str, found: Reference) -> None:
    assert BOUNDS.parse(text, "T1") == found
    assert str(found) == text
    assert is_reference(text)


def test_the_first_word_may_be_in_capitals() -> None:
    assert str(BOUNDS.parse("VAULT:secret/autotask-bot/T1/x", "T1")).startswith("vault:secret/")


@pytest.mark.parametrize(
    "text",
    [
        *("aws-sm:autotask-bot/T2/lake", "azure-kv:autotask-bot-T2-lake"),
        *("vault:secret/autotask-bot/T2/lake", f"aws-sm:{ARN}autotask-bot/T2/lake-a1B2c3"),
        *("aws-sm:autotask-bot/T11/lake", "azure-kv:autotask-bot-T11-x", "aws-sm:other/T1/lake"),
        *(
            "aws-sm:autotask-bot/t1/lake",
            "vault:other/autotask-bot/T1/lake",
            "vault:autotask-bot/T1",
        ),
        *("aws-sm:autotask-bot/T1", "azure-kv:autotask-bot-T1-", "vault:secret/autotask-bot/T1"),
    ],
)
def test_another_workspace_s_another_prefix_and_another_mount_are_refused(text: str) -> None:
    assert "In this workspace it has to begin with" in refusal(text)


@pytest.mark.parametrize(
    "text",
    [
        *("aws-sm:", "azure-kv:", "vault:", "aws-sm:autotask-bot/T1/", "aws-sm:/autotask-bot/T1/x"),
        *(
            "aws-sm:autotask-bot/T1/a b",
            "aws-sm:autotask-bot/T1/../T2/x",
            "aws-sm:autotask-bot//T1/x",
        ),
        *("aws-sm:autotask-bot/T1/x#", "aws-sm:autotask-bot/T1/x#a#b", "aws-sm:autotask-bot/T1/ä"),
        *("azure-kv:autotask-bot-T1-x/v/w", "azure-kv:autotask-bot-T1-a_b", "azure-kv:a.b"),
        *("azure-kv:https://evil.example/secrets/x", "azure-kv:autotask-bot-T1-x#1"),
        *("vault:secret/autotask-bot/T1/../T2/x", "vault:secret/autotask-bot/T1/x?version=1"),
        *("vault:secret/autotask-bot/T1/x#0", "vault:secret/autotask-bot/T1/x#-1", "vault:x"),
        *("vault:secret/autotask-bot/T1/%2e%2e/x", "vault:secret/autotask-bot/T1/x\n"),
        f"azure-kv:autotask-bot-T1-{'x' * 127}",
        f"aws-sm:autotask-bot/T1/{'x' * 900}",
    ],
)
def test_what_no_vault_would_name_so_is_refused_with_how_it_looks(text: str) -> None:
    assert "It looks like " in refusal(text)


def test_a_name_is_no_longer_than_aws_takes() -> None:
    assert "at most 512" in refusal(f"aws-sm:autotask-bot/T1/{'x' * 500}")


def test_an_arn_of_another_region_is_refused_and_so_is_one_that_was_cut_off() -> None:
    elsewhere = ARN.replace("eu-central-1", "us-east-1")

    assert "us-east-1" in refusal(f"aws-sm:{elsewhere}autotask-bot/T1/lake-a1B2c3")
    assert "cut off" in refusal(f"aws-sm:{ARN}autotask-bot/T1/lake")


@pytest.mark.parametrize(
    ("text", "setting"),
    [
        ("aws-sm:autotask-bot/T1/x", "REFERENCE_PREFIX and AWS_REGION"),
        ("azure-kv:autotask-bot-T1-x", "REFERENCE_PREFIX and AZURE_KEY_VAULT_URL"),
        ("vault:secret/autotask-bot/T1/x", "REFERENCE_PREFIX, VAULT_ADDR and VAULT_TOKEN_FILE"),
    ],
)
def test_where_none_are_set_up_it_is_said_what_the_operator_has_to_set(
    text: str, setting: str
) -> None:
    assert f"has to set {setting}." in refusal(text, Bounds())


@pytest.mark.parametrize("text", ["", "vault", "aB3$dE6#gH9~jK2*mN5@pQ8rS", "my-vault:x", "aws:x"])
def test_everything_else_is_no_reference(text: str) -> None:
    assert not is_reference(text)
    assert "no reference" in refusal(text)
