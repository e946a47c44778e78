//! Policies of queues, as the JSON that the API and every tool of Amazon's take.

use serde_json::{Value, json};

/// The name of our statement about a bucket.
fn sid(bucket: &str) -> String {
    let plain = bucket.chars().filter(char::is_ascii_alphanumeric);
    format!("StudioIngest{}", plain.collect::<String>())
}

/// The statement that lets a bucket send its notifications into a queue: S3 in the name of
/// that bucket of the queue's own account, and nobody else (Amazon S3 User Guide, "Granting
/// permissions to publish event notification messages").
pub fn statement(queue_arn: &str, bucket: &str) -> Value {
    // arn:PARTITION:sqs:REGION:ACCOUNT:NAME
    let mut parts = queue_arn.split(':');
    let partition = parts.nth(1).unwrap_or("aws");
    let account = parts.nth(2).unwrap_or_default();
    json!({
        "Sid": sid(bucket),
        "Effect": "Allow",
        "Principal": { "Service": "s3.amazonaws.com" },
        "Action": "sqs:SendMessage",
        "Resource": queue_arn,
        "Condition": {
            "ArnLike": { "aws:SourceArn": format!("arn:{partition}:s3:::{bucket}") },
            "StringEquals": { "aws:SourceAccount": account },
        },
    })
}

/// The policy of a queue, so that these buckets can send to it. What else stands in the policy
/// that it has stays there; a statement of ours about the same bucket is replaced.
///
/// # Errors
/// When the policy that it has cannot be read: it is somebody's, and must not be lost.
pub fn allow_buckets(
    queue_arn: &str,
    buckets: &[String],
    present: Option<&str>,
) -> Result<Value, serde_json::Error> {
    let empty = || json!({ "Version": "2012-10-17", "Statement": [] });
    let mut policy = match present.filter(|text| !text.trim().is_empty()) {
        Some(text) => serde_json::from_str::<serde_json::Map<_, _>>(text)?.into(),
        None => empty(),
    };
    // One statement may stand without the list.
    let mut statements = match policy["Statement"].take() {
        Value::Array(statements) => statements,
        Value::Null => Vec::new(),
        one => vec![one],
    };
    for bucket in buckets {
        let ours = statement(queue_arn, bucket);
        match statements.iter_mut().find(|statement| statement["Sid"] == ours["Sid"]) {
            Some(statement) => *statement = ours,
            None => statements.push(ours),
        }
    }
    policy["Statement"] = statements.into();
    Ok(policy)
}

/// The rule by which a queue puts messages aside after too many deliveries.
pub fn redrive(dead_letter_arn: &str, max_receive_count: u32) -> Value {
    json!({ "deadLetterTargetArn": dead_letter_arn, "maxReceiveCount": max_receive_count })
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUEUE: &str = "arn:aws:sqs:eu-central-1:111122223333:s3-ingest-messages";

    fn buckets(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn a_queue_takes_messages_of_the_bucket_and_of_nobody_else() {
        let policy = allow_buckets(QUEUE, &buckets(&["ingest"]), None);
        let expected = json!({
            "Version": "2012-10-17",
            "Statement": [{
                "Sid": "StudioIngestingest",
                "Effect": "Allow",
                "Principal": { "Service": "s3.amazonaws.com" },
                "Action": "sqs:SendMessage",
                "Resource": QUEUE,
                "Condition": {
                    "ArnLike": { "aws:SourceArn": "arn:aws:s3:::ingest" },
                    "StringEquals": { "aws:SourceAccount": "111122223333" },
                },
            }],
        });
        assert_eq!(policy.ok(), Some(expected));
        let china = statement("arn:aws-cn:sqs:cn-north-1:1:q", "b");
        assert_eq!(china["Condition"]["ArnLike"]["aws:SourceArn"], "arn:aws-cn:s3:::b");
    }

    #[test]
    fn what_others_wrote_stays() {
        let other = json!({ "Sid": "Other", "Effect": "Deny", "Action": "sqs:*" });
        let mut stale = statement(QUEUE, "ingest");
        stale["Action"] = "sqs:*".into();
        for present in [
            json!({ "Version": "2008-10-17", "Id": "x", "Statement": [other, stale] }),
            json!({ "Version": "2008-10-17", "Id": "x", "Statement": other }),
        ] {
            let policy =
                allow_buckets(QUEUE, &buckets(&["ingest"]), Some(&present.to_string())).ok();
            let expected = json!({
                "Version": "2008-10-17",
                "Id": "x",
                "Statement": [other, statement(QUEUE, "ingest")],
            });
            assert_eq!(policy.as_ref(), Some(&expected));
            // And again: the same.
            let again = allow_buckets(QUEUE, &buckets(&["ingest"]), Some(&expected.to_string()));
            assert_eq!(again.ok(), policy);
        }
        assert!(allow_buckets(QUEUE, &[], Some("{")).is_err());
        assert!(allow_buckets(QUEUE, &[], Some("[]")).is_err());
        assert!(allow_buckets(QUEUE, &[], Some("")).is_ok());
    }
}
