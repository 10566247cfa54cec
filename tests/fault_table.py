"""Every fault that the bot is built for, what is expected of it then, and the tests that show it.

A new fault is a row here and a test. `tests/test_fault_table.py` fails where a test that is named
is not there any more.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """`shown_by` has the tests by file: `directory/test_file.py` under `tests/`, then names."""

    fault: str
    expected: str
    shown_by: dict[str, tuple[str, ...]]


TABLE = (
    Row(
        "kill -9 in the middle of a check",
        "its claim lapses and it is made again; nothing is written by halves; the file is whole",
        {
            "store/test_watches.py": (
                "test_a_claim_lapses_and_what_comes_of_it_then_is_not_kept",
                "test_a_result_is_written_as_a_whole_or_not_at_all",
            ),
            "store/test_logins.py": (
                "test_a_sign_in_that_nobody_settles_counts_as_refused_after_a_minute",
            ),
            "faults/test_kill.py": ("test_no_alert_is_lost_however_often_the_process_is_killed",),
        },
    ),
    Row(
        "kill -9 in the middle of an alert: before, during and after the call",
        "delivered at least once, at most one repeat per kill, none where the bot may look",
        {
            "faults/test_kill.py": (
                "test_no_alert_is_lost_however_often_the_process_is_killed",
                "test_nor_repeated_where_the_bot_may_look_before_it_resends",
                "test_naive_orders_are_caught",
            ),
            "usecases/test_deliver.py": (
                "test_a_process_that_died_in_the_call_leaves_no_second_message",
            ),
            "store/test_outbox.py": ("test_a_crashed_senders_alert_is_claimed_again",),
        },
    ),
    Row(
        "SIGSTOP, or a machine that sleeps, in the middle of an alert",
        "answers that came meanwhile are heard; no call is begun for a claim that has lapsed; the "
        "only process repeats nothing, and of two one message at most where nobody may look",
        {
            "test_deadline.py": (
                "test_an_answer_that_arrived_while_the_process_stood_still_is_heard",
                "test_what_never_comes_is_cut_off_a_moment_after_a_stop",
            ),
            "slack/test_client.py": (
                "test_an_answer_that_came_while_the_process_stood_still_is_heard",
            ),
            "slack/test_messenger.py": ("test_no_call_is_begun_for_a_claim_that_has_lapsed",),
            "store/test_under_way.py": (
                "test_a_process_that_stood_still_does_not_take_its_own_claim_for_a_dead_one_s",
                "test_calls_go_one_by_one_where_nobody_can_look_what_came_of_them",
            ),
            "faults/test_kill.py": (
                "test_nor_repeated_where_the_only_process_stands_still",
                "test_nor_where_one_of_two_replicas_stands_still_past_its_leases",
            ),
        },
    ),
    Row(
        "SIGTERM, SIGINT",
        "nothing new is begun, what is in flight ends within 8 s, exit 0; what is owed is told "
        "after the next start",
        {
            "faults/test_sigterm.py": (
                "test_what_is_owed_at_the_end_is_told_once_after_the_next_start",
            ),
            "end_to_end/test_stop.py": (
                "test_a_check_that_hangs_does_not_hold_up_the_end",
                "test_a_thread_that_hangs_does_not_hold_up_the_end_either",
            ),
            "test_scheduler.py": (
                "test_a_tick_under_way_at_the_end_is_finished_and_not_cancelled",
                "test_a_tick_that_is_cut_off_at_the_end_is_no_failure",
            ),
        },
    ),
    Row(
        "a second SIGTERM or SIGINT",
        "the process ends on the spot, with the guarantees of kill -9",
        {"end_to_end/test_stop.py": ("test_the_second_signal_ends_the_process_on_the_spot",)},
    ),
    Row(
        "SQLite locked",
        "waited for, 5 s at most; then a person is asked to try again, and nothing is lost",
        {
            "store/test_sqlite.py": (
                "test_a_lock_that_is_given_back_in_time_is_no_trouble",
                "test_a_lock_is_waited_for_five_seconds",
                "test_a_locked_database_can_be_read_and_is_waited_for",
            ),
            "slack/test_our_faults.py": (
                "test_while_the_database_is_busy_a_person_is_asked_to_try_again",
            ),
            "usecases/test_settling.py": (
                "test_an_alert_that_slack_has_taken_while_the_database_was_locked_stands_once",
            ),
            "usecases/test_deliver.py": (
                "test_a_database_that_is_away_for_a_moment_cuts_no_call_off",
            ),
        },
    ),
    Row(
        "SQLite full, read-only, or locked for long",
        "/healthz 503 at once; after half an hour each channel is told directly, once, that nobody "
        "watches; no sign-in is made that could not be booked, so none can lock the user; all goes "
        "on without a restart",
        {
            "store/test_sqlite.py": ("test_a_database_that_takes_nothing_says_so",),
            "usecases/test_unwritten.py": (
                "test_each_channel_is_told_once_and_all_goes_on_by_itself",
                "test_a_secret_that_is_refused_meanwhile_costs_no_more_than_its_budget",
                "test_no_more_is_asked_of_autotask_meanwhile_than_ever",
                "test_who_is_next_is_told_where_the_channel_takes_nothing",
                "test_a_slack_that_is_away_is_tried_again_and_told_once",
                "test_people_are_told_though_the_database_cannot_even_be_read",
                "test_a_second_time_is_told_again",
            ),
            "usecases/test_watchdog.py": (
                "test_a_database_that_is_away_is_a_gap_too",
                "test_a_database_that_cannot_be_written_stops_the_heartbeat",
            ),
            "end_to_end/test_health.py": (
                "test_a_database_that_can_be_read_but_not_written_is_not_healthy",
            ),
            "test_scheduler.py": (
                "test_the_same_trouble_twice_a_second_is_one_line_and_so_is_its_end",
            ),
        },
    ),
    Row(
        "PostgreSQL ends the connection",
        "an idle one is replaced unseen; of a transaction nothing is written, and the next tick "
        "makes it again; a commit whose answer is lost is not made twice",
        {
            "store/test_postgresql.py": (
                "test_a_connection_that_was_killed_while_idle_is_replaced_unseen",
                "test_nothing_of_a_killed_transaction_is_written",
                "test_a_commit_that_nobody_can_tell_of_is_neither_lost_nor_made_twice",
            ),
            "faults/test_kill.py": ("test_nor_where_the_server_hangs_up",),
        },
    ),
    Row(
        "PostgreSQL freezes, or does not answer",
        "nobody waits for longer than 5 s",
        {
            "store/test_postgresql.py": (
                "test_a_frozen_server_is_not_waited_for",
                "test_a_server_that_freezes_within_a_transaction_is_not_waited_for",
                "test_a_server_that_never_answers_is_not_waited_for",
            ),
        },
    ),
    Row(
        "PostgreSQL fails over, and this server may only be read",
        "the new primary is looked for; until there is one, as with a full disk",
        {
            "store/test_postgresql.py": (
                "test_when_another_server_has_become_the_primary_it_is_looked_for",
            ),
            "usecases/test_unwritten.py": (
                "test_so_it_is_where_a_server_has_failed_over_and_may_only_be_read",
            ),
        },
    ),
    Row(
        "Slack 429",
        "not one call before Retry-After; each connection's order kept; others not held up",
        {
            "slack/test_messenger.py": ("test_a_rate_limit_says_how_long_to_wait",),
            "usecases/test_destinations.py": (
                "test_a_rate_limit_holds_that_channel_alone_and_not_one_call_is_early",
            ),
            "store/test_destinations.py": ("test_a_hold_covers_the_whole_channel_and_no_other",),
            "store/test_outbox.py": ("test_one_connections_alerts_go_one_after_the_other",),
            "store/test_replicas.py": ("test_each_connections_alerts_are_sent_in_order",),
            "faults/test_latency.py": (
                "test_a_backlog_drains_at_slack_s_pace_without_a_call_that_is_early",
            ),
        },
    ),
    Row(
        "Slack 5xx, time-out, reset",
        "tried again after 1, 2, 4 ... 900 s, a fifth more or less, for a day; then it is dead, "
        "and `doctor` and `resend` know of it; what may have arrived is looked for first",
        {
            "slack/test_messenger.py": (
                "test_answers_that_are_not_slack_s_are_tried_again",
                "test_silence_ends_with_the_deadline",
                "test_a_call_is_sent_once_however_it_ends",
            ),
            "slack/test_never_lost.py": (
                "test_a_message_that_arrived_without_our_hearing_of_it_stands_once",
                "test_without_the_scope_it_comes_again_and_says_so",
            ),
            "usecases/test_deliver.py": (
                "test_pauses_grow_from_a_second_to_a_quarter_of_an_hour",
                "test_after_a_day_without_slack_an_alert_is_given_up_and_says_why",
            ),
            "usecases/test_settling.py": (
                "test_pauses_are_spread_by_a_fifth_so_that_not_all_come_back_at_once",
            ),
            "usecases/test_watch.py": ("test_slack_away_for_a_day_loses_nothing",),
            "test_command_line.py": (
                "test_what_reached_nobody_is_sent_again_on_the_operators_word",
            ),
        },
    ),
    Row(
        "Slack away, nothing owed",
        "/healthz 503 after two minutes and a half, over HTTP and in Socket Mode",
        {
            "slack/test_witness.py": (
                "test_a_look_tells_what_slack_says",
                "test_nobody_there_is_no_reason_to_fall_over",
            ),
            "end_to_end/test_health.py": (
                "test_a_slack_that_has_been_away_is_not_healthy_over_http_either",
                "test_a_bot_that_slack_has_not_reached_for_two_minutes_is_not_healthy",
            ),
        },
    ),
    Row(
        "invalid_auth, token_revoked, account_inactive",
        "rows are kept, one probe now and then, one ERROR in the log, /healthz 503 within a minute",
        {
            "slack/test_messenger.py": ("test_slack_s_error_codes",),
            "slack/test_witness.py": (
                "test_a_look_tells_what_slack_says",
                "test_a_refusal_is_logged_once_and_so_is_its_end",
            ),
            "slack/test_never_lost.py": (
                "test_a_revoked_token_keeps_the_alert_until_it_is_good_again",
            ),
            "usecases/test_destinations.py": (
                "test_a_broken_installation_is_probed_by_one_call_now_and_then",
                "test_a_token_that_is_away_for_days_loses_nothing",
            ),
            "end_to_end/test_health.py": (
                "test_a_slack_that_refuses_the_bot_is_not_healthy_at_once",
            ),
            "test_command_line.py": ("test_a_token_that_slack_refuses_ends_with_a_sentence",),
        },
    ),
    Row(
        "channel_not_found, is_archived, not_in_channel, restricted_action",
        "the person who connected is told, then the operator, each step recorded; the Home tab's "
        "banner and `doctor` show what is closed and what reached nobody",
        {
            "slack/test_messenger.py": ("test_slack_s_error_codes",),
            "usecases/test_watch.py": (
                "test_a_broken_channel_sends_the_alert_to_the_person_who_connected",
                "test_with_the_person_gone_too_the_operator_is_told",
                "test_an_alert_that_nobody_takes_stays_visible_as_dead",
            ),
            "usecases/test_destinations.py": (
                "test_the_first_time_the_next_in_the_chain_is_told_why_and_what_to_do",
                "test_back_again_the_channel_hears_once_what_it_missed",
            ),
            "slack/test_never_lost.py": (
                "test_an_archived_channel_is_told_at_once_and_healed_by_its_event",
                "test_where_it_may_not_join_the_person_is_told_whom_to_invite",
            ),
            "slack/test_home.py": (
                "test_a_broken_channel_stands_in_the_banner_until_it_is_back",
                "test_alerts_that_reached_nobody_are_sent_again_by_a_button",
            ),
        },
    ),
    Row(
        "Socket Mode: disconnect, too_many_websockets, silence",
        "a new line by a fresh address; alerts go out meanwhile",
        {
            "slack/test_socket.py": (
                "test_after_a_failed_reconnection_a_fresh_address_is_asked_for",
                "test_a_line_that_stays_away_is_known_to_be_away",
            ),
            "slack/test_our_faults.py": (
                "test_alerts_go_out_while_slack_s_own_line_to_the_bot_is_down",
            ),
        },
    ),
    Row(
        "Autotask refuses: 401, 403",
        "confirmed after 2 min with the zone asked without credentials, then Inactive; tries after "
        "15 min and 6 h, four in a row at most; no value in any text",
        {
            "usecases/test_watch.py": (
                "test_a_refusal_is_told_once_with_cause_and_next_step",
                "test_a_wrong_secret_never_costs_more_than_four_sign_ins",
            ),
            "domain/test_status.py": ("test_refused_sign_ins_are_spaced_ever_further_apart",),
            "usecases/test_lockout.py": (
                "test_thirty_days_of_a_wrong_secret_and_fifty_presses_of_test_never_lock_the_user",
            ),
            "autotask/test_client.py": (
                "test_after_a_refusal_the_zone_is_asked_without_the_secret",
                "test_a_bare_403_is_a_firewall_s_and_proves_no_credentials",
                "test_evidence_holds_no_value_even_where_the_far_side_repeats_them",
            ),
        },
    ),
    Row(
        "Autotask 429, thread or hourly limit",
        "the status stays, the pace falls; Degraded after an hour, and never Inactive",
        {
            "autotask/test_client.py": ("test_a_used_up_hour_is_throttled",),
            "domain/test_status.py": (
                "test_what_is_seen_is_believed_after_so_many_times_and_told_once",
                "test_a_throttled_answer_ends_an_outage_and_calms_a_suspicion",
            ),
            "usecases/test_watch.py": (
                "test_limits_used_up_for_an_hour_are_told_as_such_and_until_then_nobody_hears",
            ),
        },
    ),
    Row(
        "Autotask 5xx, time-out, DNS, TLS, reset",
        "three in a row are an outage, told as such; the zone is asked without credentials",
        {
            "autotask/test_client.py": ("test_a_broken_zone_is_never_the_credentials",),
            "autotask/test_wire.py": (
                "test_a_closed_port_refuses",
                "test_an_unknown_name_is_told_from_a_slow_one",
                "test_silence_ends_at_the_deadline",
            ),
            "domain/test_status.py": ("test_an_outage_is_confirmed_within_its_retries",),
            "usecases/test_watch.py": (
                "test_an_outage_is_told_and_says_that_the_credentials_are_fine",
                "test_a_blip_is_never_told",
                "test_with_our_own_network_away_nothing_is_called_inactive",
                "test_where_the_zone_does_not_answer_at_all_no_credentials_are_sent",
            ),
        },
    ),
    Row(
        "hostile answers: hang, drip, endless, bomb, half, garbage, redirect",
        "each ends by the deadline with a cause of its own, and costs no memory",
        {
            "autotask/test_memory.py": (
                "test_a_hostile_answer_ends_in_a_name_and_costs_no_memory",
            ),
            "autotask/test_wire.py": (
                "test_a_hostile_answer_has_its_own_cause",
                "test_a_dripping_body_ends_at_the_deadline_though_each_byte_is_in_time",
                "test_a_body_that_is_too_long_is_not_read_to_its_end",
                "test_what_comes_compressed_unasked_is_not_unpacked",
                "test_a_redirect_is_an_answer_and_the_foreign_host_hears_nothing",
            ),
            "autotask/test_client.py": ("test_the_whole_check_has_a_deadline_and_a_length",),
        },
    ),
    Row(
        "a certificate that has expired, or is for another host",
        "no request is sent, the cause is TLS, and nothing switches that off",
        {
            "autotask/test_wire.py": (
                "test_a_certificate_that_has_expired_is_refused",
                "test_a_certificate_for_another_host_is_refused",
                "test_a_server_without_tls_gets_nothing",
            ),
            "slack/test_client.py": ("test_certificates_of_nobody_s_are_refused",),
            "test_settings.py": ("test_the_documents_name_every_setting_and_no_other",),
        },
    ),
    Row(
        "the clock is set by a day, forward or back",
        "no storm, no gap claimed, no outage; leases by the database's time; what Slack signed is "
        "refused with the clock named in the log",
        {
            "usecases/test_watchdog.py": (
                "test_a_clock_that_is_set_by_a_day_is_no_storm_no_gap_and_no_outage",
                "test_a_clock_that_was_set_back_while_nobody_ran_stops_no_checks",
                "test_a_clock_set_back_does_not_hold_up_a_refused_sign_in_for_a_day",
                "test_an_alert_that_waits_goes_out_though_the_clock_was_set_back",
            ),
            "usecases/test_standstill.py": (
                "test_a_clock_that_is_set_forward_claims_no_gap",
                "test_each_jump_is_judged_by_itself",
            ),
            "domain/test_timekeeping.py": (
                "test_a_clock_that_was_set_is_told_from_time_that_passed",
            ),
            "store/test_database.py": ("test_without_a_clock_in_hand_the_database_tells_the_time",),
            "slack/test_door.py": (
                "test_a_stale_or_early_request_is_refused_and_the_log_names_the_clock",
            ),
        },
    ),
    Row(
        "summer time begins or ends",
        "checks keep their pace; nine o'clock stays nine o'clock for people",
        {
            "usecases/test_summer_time.py": ("test_checks_and_confirmations_keep_their_pace",),
            "usecases/test_quiet.py": ("test_nine_stays_nine_when_the_clocks_change",),
            "domain/test_digest.py": (
                "test_a_week_in_which_clocks_change_is_an_hour_shorter_or_longer",
            ),
        },
    ),
    Row(
        "the machine sleeps, or its host pauses it",
        "each channel is told once from when to when nobody watched",
        {
            "usecases/test_watchdog.py": ("test_a_process_that_slept_tells_for_how_long",),
            "usecases/test_standstill.py": (
                "test_what_the_machine_sleeps_by_itself_counts_as_time_that_has_passed",
                "test_a_pause_is_told_once_when_the_time_of_day_is_set_right",
                "test_so_it_is_where_that_takes_some_minutes",
                "test_a_sign_of_life_that_comes_before_the_next_sweep_hides_nothing",
                "test_where_slack_cannot_say_so_a_gap_is_told_rather_than_not",
                "test_a_short_pause_is_no_news",
                "test_while_another_replica_watched_there_was_no_gap",
            ),
        },
    ),
    Row(
        "restart after a day",
        "each connection checked once, spread over a minute; one line per channel about the gap; "
        "one message for each connection that has changed",
        {
            "usecases/test_watchdog.py": (
                "test_after_a_day_each_connection_is_checked_once_and_its_channel_told_once",
                "test_what_is_overdue_after_downtime_is_spread_over_a_minute",
                "test_what_has_changed_meanwhile_is_one_message_each",
                "test_each_channel_is_told_and_who_has_none_in_person",
                "test_what_nobody_watched_does_not_count",
            ),
        },
    ),
    Row(
        "two replicas, one of them paused past its leases",
        "one row per change, posted once; at most one repeat where one is paused",
        {
            "usecases/test_replicas.py": (
                "test_each_change_is_posted_once_and_each_check_made_once",
            ),
            "store/test_replicas.py": (
                "test_one_result_is_applied_by_whichever_comes_first",
                "test_when_the_lease_ends_the_other_takes_over",
            ),
            "usecases/test_watchdog.py": ("test_two_that_start_at_once_tell_once",),
            "faults/test_kill.py": (
                "test_nor_where_one_of_two_replicas_stands_still_past_its_leases",
            ),
        },
    ),
    Row(
        "stored credentials altered or swapped",
        "that connection is Inactive, told once with what to do; nothing is sent; others go on",
        {
            "usecases/test_unreadable.py": (
                "test_one_that_was_altered_is_told_once_and_the_others_go_on",
                "test_two_that_were_swapped_are_both_told_and_neither_is_sent",
                "test_put_back_as_it_was_it_works_again",
            ),
            "usecases/test_watch.py": (
                "test_a_ciphertext_that_was_tampered_with_is_told_and_never_used",
            ),
            "vault/test_credentials.py": (
                "test_another_workspace_connection_or_origin_does_not_open_them",
                "test_every_damage_to_the_stored_value_is_refused",
            ),
        },
    ),
    Row(
        "master key missing, wrong, or open to others",
        "exit 78 before Slack is contacted; file, ids and next command named; none is made anew",
        {
            "test_command_line.py": (
                "test_with_a_key_that_is_not_right_nothing_is_started_or_asked",
                "test_another_key_than_the_one_that_sealed_stops_the_start",
            ),
            "vault/test_keyfile.py": ("test_a_key_file_open_to_others_is_refused",),
            "vault/test_datakeys.py": (
                "test_verifying_with_the_wrong_key_names_all_that_are_wanted_and_the_loaded",
                "test_opening_never_mints",
            ),
        },
    ),
    Row(
        "kill -9 in a rotation of keys, or a source that goes away in it",
        "everything opens by the keys of before and after, and the next run completes it",
        {
            "vault/test_rotation.py": (
                "test_killed_wherever_it_stands_it_leaves_everything_readable",
                "test_a_source_that_goes_away_on_the_way_is_said_and_the_next_run_goes_on",
            ),
        },
    ),
    Row(
        "the source of the master key away, slow, sealed or throttled",
        "an error that says so within its deadline, never a value; what is opened stays open for "
        "15 minutes; a start goes on, and the doctor says it",
        {
            "contracts/test_key_sources.py": (
                "test_where_nobody_is_there_it_is_unavailable",
                "test_where_nobody_answers_it_is_unavailable_in_time",
                "test_an_operator_moves_the_master_key_from_a_file_to_openbao",
            ),
            "vault/test_datakeys.py": ("test_an_opened_key_is_kept_for_a_quarter_of_an_hour",),
        },
    ),
    Row(
        "kill -9 in a migration",
        "nothing of it is there, and the next start completes it",
        {
            "store/test_migrations.py": (
                "test_a_process_that_is_killed_in_a_migration_leaves_nothing_either",
                "test_a_failing_migration_leaves_nothing",
                "test_three_who_start_at_once_all_succeed",
            ),
        },
    ),
    Row(
        "a schema that a newer version has written",
        "exit 78, and the file is left as it is",
        {
            "test_command_line.py": ("test_a_schema_of_a_newer_version_is_left_alone",),
            "store/test_migrations.py": ("test_a_newer_schema_is_refused",),
        },
    ),
    Row(
        "a row that cannot be read, a fault of ours over one connection",
        "put aside for an hour, one ERROR each time; the others do not notice; where it lasts, "
        "people are told that nobody watches it",
        {
            "usecases/test_poison.py": (
                "test_a_row_that_cannot_be_read_stops_no_check_and_is_logged_once_an_hour",
                "test_nor_an_alert_on_its_way_past_a_closed_channel",
                "test_people_are_told_that_nobody_watches_it_and_it_goes_on_once_it_can_be_read",
                "test_a_fault_of_ours_over_one_connection_is_tried_again_after_an_hour",
                "test_a_fault_of_ours_over_one_reminder_keeps_back_no_other",
            ),
        },
    ),
    Row(
        "a fault of ours in a command, form, button or event",
        "the person gets a reference that is in the log; the next one works",
        {
            "slack/test_our_faults.py": (
                "test_a_command_that_fails_gives_a_reference_and_the_next_one_works",
                "test_a_form_that_fails_gives_a_reference_in_its_place",
                "test_a_button_that_fails_gives_a_reference_too",
                "test_an_event_that_fails_is_logged_and_the_next_one_heard",
            ),
            "test_scheduler.py": ("test_a_tick_that_fails_is_logged_and_runs_again",),
        },
    ),
    Row(
        "the event loop is held up, a tick hangs, checks are never made",
        "logged with the stack after 5 s; not healthy while it does not answer, once the last sign "
        "of life is 60 s old, or once checks are late and none is made for two intervals",
        {
            "test_lag.py": ("test_a_hold_up_is_measured_and_logged_with_what_the_loop_was_doing",),
            "test_command_line.py": ("test_a_bot_that_is_held_up_is_not_healthy",),
            "end_to_end/test_health.py": (
                "test_a_sign_of_life_that_is_a_minute_old_is_not_healthy",
                "test_ticks_that_do_not_end_are_not_healthy",
                "test_checks_that_are_never_made_are_not_healthy",
                "test_an_alert_that_nobody_delivers_is_not_healthy_unless_slack_is_away",
            ),
        },
    ),
)
