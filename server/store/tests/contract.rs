//! One suite of stories, told on SQLite and on PostgreSQL. Every function of the port appears in one of them.
//!
//! `TEST_POSTGRES_URL` names a PostgreSQL server on which databases may be made (one started with `-c fsync=off` is fastest);
//! `SKIP_POSTGRES=1` leaves that half out.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on shall stop there")]

#[path = "contract/accounts.rs"]
mod accounts;
#[path = "contract/cast.rs"]
mod cast;
#[path = "contract/changes.rs"]
mod changes;
#[path = "contract/corrections.rs"]
mod corrections;
#[path = "contract/cost.rs"]
mod cost;
#[path = "contract/documents.rs"]
mod documents;
#[path = "contract/drafts.rs"]
mod drafts;
#[path = "contract/faults.rs"]
mod faults;
#[path = "contract/files.rs"]
mod files;
#[path = "contract/finding.rs"]
mod finding;
#[path = "contract/heads.rs"]
mod heads;
#[path = "contract/ledger.rs"]
mod ledger;
#[path = "contract/links.rs"]
mod links;
#[path = "contract/lists.rs"]
mod lists;
#[path = "contract/live_runs.rs"]
mod live_runs;
#[path = "contract/meetings.rs"]
mod meetings;
#[path = "contract/messages.rs"]
mod messages;
#[path = "contract/notices.rs"]
mod notices;
#[path = "contract/ods.rs"]
mod ods;
#[path = "contract/operator.rs"]
mod operator;
#[path = "contract/outbox.rs"]
mod outbox;
#[path = "contract/picture.rs"]
mod picture;
#[path = "contract/register.rs"]
mod register;
#[path = "contract/runs.rs"]
mod runs;
#[path = "contract/scal.rs"]
mod scal;
#[path = "contract/seals.rs"]
mod seals;
#[path = "contract/seats.rs"]
mod seats;
#[path = "contract/second_steps.rs"]
mod second_steps;
#[path = "contract/sessions.rs"]
mod sessions;
#[path = "contract/signatories.rs"]
mod signatories;
mod support;
#[path = "contract/texts.rs"]
mod texts;
#[path = "contract/whole.rs"]
mod whole;
#[path = "contract/work.rs"]
mod work;

/// Stories about PostgreSQL alone. SQLite is asked in a thread of its own, which says nothing of its statements here:
/// `server/tests/budget.rs` counts those.
macro_rules! stories_of_postgres {
    ($($concern:ident: $($story:ident)*;)*) => {
        mod postgres_alone {
            $(mod $concern { $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $story() {
                    crate::support::on_postgres(crate::$concern::$story).await;
                }
            )* })*
        }
    };
}

macro_rules! stories {
    ($($concern:ident: $($story:ident)*;)*) => {
        mod sqlite {
            $(mod $concern { $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $story() {
                    crate::support::on_sqlite(crate::$concern::$story).await;
                }
            )* })*
        }
        mod postgres {
            $(mod $concern { $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $story() {
                    crate::support::on_postgres(crate::$concern::$story).await;
                }
            )* })*
        }
    };
}

stories! {
    work:
        what_is_late_and_what_is_due_soon_can_be_looked_at_alone
        work_is_counted_by_team_and_by_who_has_claimed_it
        what_somebody_recorded_stands_newest_first_and_each_once
        a_person_keeps_some_views_of_the_worklist
        how_long_a_team_took_is_counted_when_it_has_acted
        who_had_the_round_before_is_named
        who_opened_a_round_first_is_kept
        what_is_taken_back_takes_along_what_followed_from_it;
    ledger:
        what_is_appended_is_told_again_and_the_chain_holds
        the_second_writer_at_a_place_is_refused_and_leaves_nothing
        a_batch_that_fails_at_its_end_leaves_nothing
        an_event_that_does_not_follow_what_is_stored_is_refused
        of_twenty_writers_exactly_one_wins
        submissions_of_a_task_come_oldest_first
        names_know_everybody_in_a_ledger
        what_lists_show_is_the_fold_of_the_ledger
        references_are_walked_once_in_order
        an_approval_that_lapses_is_found_when_it_does
        one_changed_byte_is_noticed;
    lists:
        a_supplier_sees_its_own_journeys_last_changed_first
        an_organisation_with_a_part_sees_that_journey_until_its_part_is_taken_back
        a_phase_narrows_the_list
        what_is_to_be_checked_again_narrows_the_list
        a_journey_is_found_by_every_name_it_has_had
        what_is_typed_is_found_as_it_is_written
        every_journey_is_on_exactly_one_page
        the_worklist_shows_what_waits_for_these_roles
        the_worklist_knows_every_role_of_the_programme
        turns_of_a_page_are_those_of_each_journey
        lines_of_older_rules_are_made_anew
        the_worklist_narrows_by_task_and_by_claim
        every_line_of_the_worklist_is_on_exactly_one_page
        figures_count_what_waits
        each_team_claims_its_own_part_of_a_task
        a_task_is_claimed_by_one_and_the_claim_ends_with_the_turn;
    finding:
        messages_are_found_by_their_words_and_by_nobody_else
        people_are_found_by_name_and_address;
    drafts:
        a_draft_counts_its_saves_and_refuses_a_stale_one
        of_ten_writers_over_one_version_one_wins
        a_draft_ends_with_its_submission
        a_draft_that_nobody_saw_stops_what_would_end_it
        what_went_into_a_round_is_marked_and_what_came_later_is_not
        drafts_of_before_count_as_they_did;
    corrections:
        a_text_is_proposed_by_one_and_published_by_another;
    seals:
        a_certificate_is_known_since_the_first_time;
    picture:
        each_journey_counts_once_where_it_stands
        days_are_those_of_the_uk;
    register:
        a_certificate_is_registered_with_its_issue
        the_register_is_searched_and_narrowed
        every_line_of_the_register_is_on_exactly_one_page
        the_register_is_made_anew;
    documents:
        a_document_is_kept_once_and_known_by_its_bytes;
    signatories:
        one_person_is_asked_for_a_member_at_a_time
        a_request_goes_with_its_event_or_not_at_all
        a_code_works_once_in_its_time_and_only_a_few_are_tried
        people_are_reminded_in_their_time_and_not_twice;
    heads:
        what_has_grown_is_named_once
        of_ten_who_make_a_list_one_does
        lists_are_read_by_day_and_in_order;
    ods:
        a_code_is_found_with_who_came_after_it
        a_file_is_loaded_whole_or_not_at_all_and_as_often_as_one_likes
        a_real_file_takes_the_sample_away;
    texts:
        a_text_is_kept_with_its_event_and_found_under_its_digest;
    live_runs:
        a_run_is_a_chain_and_is_found_by_its_key
        nothing_is_added_to_a_run_that_was_closed_and_its_key_is_forgotten
        of_twenty_who_send_at_once_each_stands_once_in_the_chain
        what_a_run_comes_to_is_counted_as_it_grows_and_found_again_where_it_is_missing
        a_run_from_a_file_is_kept_whole_and_takes_nothing_more
        a_text_that_was_changed_is_not_shown;
    runs:
        a_report_is_kept_as_it_was_read_and_found_on_its_task_only
        what_somebody_matched_by_hand_is_remembered_of_their_supplier;
    scal:
        rows_are_saved_together_or_not_at_all
        an_edition_is_published_once
        a_phrase_belongs_to_its_team_and_counts_its_uses
        the_last_word_about_a_file_stands;
    files:
        a_file_is_noted_once_and_found_on_its_task_only
        bytes_that_nothing_names_are_let_go_and_what_is_there_is_counted;
    messages:
        what_was_said_is_read_in_order_by_its_audience
        a_form_is_sent_once_and_writers_at_once_are_counted_without_gaps
        what_is_seen_is_not_new_and_never_becomes_new_again
        a_message_is_taken_back_by_its_writer_soon_and_leaves_nothing
        files_come_with_the_message_that_names_them
        those_who_take_part_are_told_and_nobody_else
        what_is_said_about_a_defect_is_read_with_it_and_with_its_stage;
    meetings:
        what_was_done_about_a_meeting_is_read_in_its_order
        of_ten_who_answer_one_meeting_one_is_first;
    notices:
        a_notice_goes_as_its_reader_chose
        what_asks_nothing_waits_for_the_daily_letter
        what_a_person_was_told_stands_on_their_pages_whatever_emails_they_chose
        of_ten_who_send_a_daily_letter_one_does
        nothing_held_is_dropped_untold;
    accounts:
        an_organisation_registers_with_its_first_person
        an_address_that_is_taken_is_refused_and_nothing_is_half_written
        of_ten_registrations_of_an_address_one_wins
        organisations_are_found_by_id_and_by_name
        what_a_member_has_in_hand_is_counted_where_they_belong
        members_stand_by_name_and_memberships_by_age
        letters_go_to_confirmed_people_with_the_role
        nobody_is_left_out_because_the_programme_is_large
        details_are_corrected_and_found_by_the_new_name
        roles_change_and_end
        the_stream_of_accounts_stays_unbroken_when_twenty_write_at_once
        tries_are_counted_and_forgiven
        tries_at_once_are_all_counted;
    second_steps:
        a_second_step_is_set_up_once_and_replaced_by_whoever_showed_it
        each_code_opens_once
        a_lost_second_step_is_taken_away_once_and_its_owner_is_signed_out;
    operator:
        people_are_found_by_name_address_organisation_and_code
        an_account_is_locked_and_unlocked_and_the_last_is_protected
        of_two_operators_who_lock_each_other_one_stays
        sessions_end_and_a_link_is_sent_with_a_reason
        a_role_is_given_back_when_nobody_has_it
        doubles_become_one_and_a_ledger_is_never_merged_away
        the_audit_is_read_newest_first_and_in_pages
        emails_that_failed_are_sent_again_and_it_is_noted;
    links:
        a_link_works_for_its_purpose_until_it_expires
        invitations_wait_until_they_are_cancelled
        an_address_is_confirmed_once
        an_invitation_makes_an_account_or_a_membership_once
        of_ten_who_accept_one_wins
        an_invitation_survives_an_attempt_that_fails
        a_new_password_ends_other_sessions_and_uses_its_link
        a_link_is_made_once_in_a_while;
    sessions:
        a_session_is_kept_and_ended
        an_ended_session_is_not_brought_back_by_saving
        an_expired_session_is_not_loaded_and_is_swept
        people_see_and_end_where_they_are_signed_in;
    outbox:
        a_letter_is_taken_once_and_sent_once
        two_takers_never_get_the_same_letter
        a_letter_that_failed_comes_back_at_its_time
        a_letter_that_cannot_arrive_waits_no_more_and_is_told
        an_invitation_that_cannot_arrive_stands_until_it_is_replaced;
    changes:
        who_listens_hears_of_a_journey_when_it_can_be_seen
        a_change_names_the_roles_whose_turn_it_was_or_is
        what_is_not_written_is_not_announced;
    whole:
        every_row_is_carried_into_an_empty_memory
        a_snapshot_does_not_see_what_is_written_after_it
        a_backup_knows_every_table_and_every_column
        everything_is_walked_once_in_steps
        what_is_there_is_opened_as_it_is
        an_organisation_is_found_by_whatever_names_it;
    seats:
        a_part_waits_with_whom_to_invite_until_it_is_answered
        a_code_is_one_organisation_on_its_side
        an_address_has_one_link_to_an_organisation
        an_older_invitation_brings_nobody_back
        invitations_from_outside_end_when_somebody_of_it_has_come
        a_part_that_is_taken_back_takes_its_invitation_along
        two_leads_who_demote_each_other_leave_one
        roles_change_as_they_were_seen_by_whoever_may
        the_programme_confirms_who_an_organisation_is;
    cost:
        many_read_at_once_and_nobody_once_it_is_closed;
    faults:
        the_memory_says_when_it_is_ready
        an_unreadable_row_is_named;
}

stories_of_postgres! {
    cost:
        a_page_and_an_action_take_few_statements
        a_link_costs_as_much_for_an_address_without_an_account;
}

/// What the port promises is executed here, on both databases.
#[test]
fn every_function_of_the_port_is_in_a_story() {
    // Read from the folders, so that a file which is split off is not forgotten.
    let texts = |path: &str| -> String {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
        if path.is_file() {
            return std::fs::read_to_string(path).unwrap();
        }
        std::fs::read_dir(path).unwrap().map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap()).collect()
    };
    let port = texts("../../app/journey/src/port");
    let stories = texts("tests/contract");
    let promised: Vec<&str> = port.split("async fn ").skip(1).map(|rest| rest.split('(').next().unwrap()).collect();
    assert!(promised.len() > 80, "only {} functions were found", promised.len());
    // Called on the database itself, or on a handle of it that its story names so.
    let told = |name: &str| ["db", "store", "sessions"].iter().any(|of| stories.contains(&format!("{of}.{name}(")));
    let untold: Vec<&str> = promised.into_iter().filter(|name| !told(name)).collect();
    assert!(untold.is_empty(), "no story calls {untold:?}");
}
