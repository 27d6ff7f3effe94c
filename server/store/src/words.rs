//! Words of messages and of people's names, each with where it stands, so that a search reads no further than what has the word. One
//! table for both databases: what each brings of its own folds, cuts and ranks otherwise.

use journey::{
    base::{fold, ids::PersonId},
    port::Answer,
};
use sqlx::{Any, AssertSqlSafe, Transaction};

use crate::{
    db::Ending,
    row::{AT_ONCE, places},
};

/// The words under which a message is found: its own and those of its writer's name.
pub(crate) fn of_message(writer: &str, words: &str) -> Vec<String> {
    fold::keywords(&format!("{writer} {words}"))
}

/// Notes the words of a message that is written now.
pub(crate) async fn note_message(
    transaction: &mut Transaction<'static, Any>,
    journey: &str,
    at: (i64, i64),
    writer: &PersonId,
    words: &str,
) -> Answer<()> {
    let (name,): (String,) = sqlx::query_as("SELECT name FROM people WHERE id = $1")
        .bind(writer.to_string())
        .fetch_one(&mut **transaction)
        .answered()
        .await?;
    put_message(transaction, journey, at, &of_message(&name, words)).await
}

/// Notes the words of a message.
pub(crate) async fn put_message(
    transaction: &mut Transaction<'static, Any>,
    journey: &str,
    (seq, said_us): (i64, i64),
    words: &[String],
) -> Answer<()> {
    for some in words.chunks(AT_ONCE) {
        let text = format!(
            "INSERT INTO message_words (word, journey, seq, said_us) VALUES {} ON CONFLICT (word, journey, seq) DO NOTHING",
            places(some.len(), 4)
        );
        let mut insert = sqlx::query(AssertSqlSafe(text));
        for word in some {
            insert = insert.bind(word.clone()).bind(journey.to_owned()).bind(seq).bind(said_us);
        }
        insert.execute(&mut **transaction).answered().await?;
    }
    Ok(())
}

/// Forgets the words of a message.
pub(crate) async fn forget_message(transaction: &mut Transaction<'static, Any>, journey: &str, id: &str) -> Answer<()> {
    sqlx::query(
        "DELETE FROM message_words WHERE journey = $1 AND seq = (SELECT m.seq FROM messages m WHERE m.id = $2 AND m.journey = $1)",
    )
    .bind(journey.to_owned())
    .bind(id.to_owned())
    .execute(&mut **transaction)
    .answered()
    .await?;
    Ok(())
}

/// Takes away under which words a person is found.
pub(crate) async fn take_person(transaction: &mut Transaction<'static, Any>, person: &str) -> Answer<()> {
    sqlx::query("DELETE FROM person_words WHERE person = $1")
        .bind(person.to_owned())
        .execute(&mut **transaction)
        .answered()
        .await?;
    Ok(())
}

/// Notes the words of a person's name and address.
pub(crate) async fn put_person(transaction: &mut Transaction<'static, Any>, person: &str, name: &str, email: &str) -> Answer<()> {
    let words = fold::keywords(&format!("{name} {email}"));
    if words.is_empty() {
        return Ok(());
    }
    let text = format!(
        "INSERT INTO person_words (word, person) VALUES {} ON CONFLICT (word, person) DO NOTHING",
        places(words.len(), 2)
    );
    let mut insert = sqlx::query(AssertSqlSafe(text));
    for word in words {
        insert = insert.bind(word).bind(person.to_owned());
    }
    insert.execute(&mut **transaction).answered().await?;
    Ok(())
}
