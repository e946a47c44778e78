//! What the answers of a server mean, from one that answers as it is told.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use studio_domain::CredentialProblem;
use studio_queue::sqs::AwsSettings;
use studio_queue::{Error, Outgoing, Queue, Receipt, Receive, SqsQueue};

/// A status, headers (each with its line's end) and a body, by the operation asked for.
type Answer = Box<dyn Fn(&str) -> (u16, String, String) + Send + Sync>;

/// A server, and the operations that it was asked for. Its threads end with the process.
struct Scripted {
    endpoint: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Scripted {
    fn start(answer: Answer) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (answer, seen) = (Arc::new(answer), Arc::clone(&asked));
        thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                let (answer, seen) = (Arc::clone(&answer), Arc::clone(&seen));
                thread::spawn(move || serve(connection, &answer, &seen));
            }
        });
        Self { endpoint, asked }
    }

    fn queue(&self) -> SqsQueue {
        SqsQueue::new("ingest", settings(&self.endpoint))
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn settings(endpoint: &str) -> AwsSettings {
    AwsSettings {
        endpoint: Some(endpoint.to_owned()),
        region: Some("us-east-1".to_owned()),
        credentials: Some(("id".to_owned(), "secret".to_owned())),
        attempts: Some(1),
        ..AwsSettings::default()
    }
}

fn serve(mut connection: TcpStream, answer: &Answer, seen: &Mutex<Vec<String>>) -> Option<()> {
    let mut input = BufReader::new(connection.try_clone().unwrap());
    loop {
        let (mut operation, mut length) = (String::new(), 0);
        loop {
            let mut line = String::new();
            input.read_line(&mut line).ok().filter(|read| *read > 0)?;
            let line = line.trim_end().to_owned();
            match line.to_lowercase().split_once(": ") {
                Some(("content-length", text)) => length = text.parse().unwrap(),
                Some(("x-amz-target", _)) => {
                    operation = line.rsplit('.').next().unwrap_or_default().to_owned();
                }
                _ if line.is_empty() => break,
                _ => {}
            }
        }
        std::io::copy(&mut (&mut input).take(length), &mut std::io::sink()).ok()?;
        seen.lock().unwrap().push(operation.clone());
        let (status, headers, body) = answer(&operation);
        let length = body.len();
        let head = format!("HTTP/1.1 {status} X\r\n{headers}content-length: {length}\r\n\r\n");
        connection.write_all((head + &body).as_bytes()).ok()?;
    }
}

fn good(operation: &str) -> (u16, String, String) {
    let body = match operation {
        "GetQueueUrl" => r#"{"QueueUrl":"http://127.0.0.1:1/0/ingest"}"#,
        "SendMessageBatch" | "DeleteMessageBatch" => r#"{"Successful":[],"Failed":[]}"#,
        _ => "{}",
    };
    (200, String::new(), body.to_owned())
}

/// A refusal in the form of the JSON protocol: with the code in the body, or, for codes that
/// are older than that, in a header.
fn refusal(status: u16, code: &str, message: &str) -> (u16, String, String) {
    let body = format!(r#"{{"__type":"com.amazonaws.sqs#{code}","message":"{message}"}}"#);
    let headers = match code.strip_prefix("AWS.") {
        Some(_) => format!("x-amzn-query-error: {code};Sender\r\n"),
        None => String::new(),
    };
    (status, headers, body)
}

/// A server that finds the queue, and refuses everything else like this.
fn refusing(status: u16, code: &'static str, message: &'static str) -> Scripted {
    Scripted::start(Box::new(move |operation| match operation {
        "GetQueueUrl" => good(operation),
        _ => refusal(status, code, message),
    }))
}

fn at_once() -> Receive {
    Receive { max: 10, wait: Duration::ZERO, visibility: Duration::from_secs(30) }
}

async fn receive_error(server: &Scripted) -> Error {
    server.queue().receive(at_once()).await.unwrap_err()
}

#[tokio::test]
async fn the_name_is_resolved_once_and_again_when_the_queue_is_gone() {
    let server = Scripted::start(Box::new(good));
    let queue = server.queue();
    queue.receive(at_once()).await.unwrap();
    queue.send(&[Outgoing::new("a")]).await.unwrap();
    queue.ack(&[Receipt("r".to_owned())]).await.unwrap();
    let expected = ["GetQueueUrl", "ReceiveMessage", "SendMessageBatch", "DeleteMessageBatch"];
    assert_eq!(server.asked(), expected);

    for code in ["QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue"] {
        let server = refusing(400, code, "The specified queue does not exist.");
        let queue = server.queue();
        for _ in 0..2 {
            let error = queue.receive(at_once()).await.unwrap_err();
            assert!(matches!(error, Error::NoSuchQueue { .. }), "{error:?}");
        }
        let expected = ["GetQueueUrl", "ReceiveMessage", "GetQueueUrl", "ReceiveMessage"];
        assert_eq!(server.asked(), expected);
    }
}

#[tokio::test]
async fn bad_credentials_are_told_by_what_is_wrong_with_them() {
    use CredentialProblem::{ClockSkew, Expired, Rejected};
    for (status, code, message, expected) in [
        (403, "ExpiredTokenException", "The security token has expired", Expired),
        (400, "ExpiredToken", "x", Expired),
        (400, "RequestExpired", "x", Expired),
        (403, "InvalidClientTokenId", "The security token is invalid.", Rejected),
        (403, "UnrecognizedClientException", "x", Rejected),
        (403, "SignatureDoesNotMatch", "x", Rejected),
        (403, "InvalidSignatureException", "does not match", Rejected),
        (403, "InvalidSignatureException", "Signature expired: 1 is now earlier", ClockSkew),
        (403, "RequestTimeTooSkewed", "x", ClockSkew),
    ] {
        match receive_error(&refusing(status, code, message)).await {
            Error::Credentials { problem, .. } => assert_eq!(*problem, expected, "{code}"),
            other => panic!("{code}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn what_may_be_better_later_is_unreachable() {
    for (status, code) in [
        (400, "RequestThrottled"),
        (400, "ThrottlingException"),
        (403, "OverLimit"),
        (408, "x"),
        (429, "x"),
        (500, "InternalFailure"),
        (503, "ServiceUnavailable"),
        (502, "x"),
    ] {
        let error = receive_error(&refusing(status, code, "later")).await;
        assert!(matches!(error, Error::Unreachable { .. }), "{status} {code}: {error:?}");
    }
    let gone = SqsQueue::new("ingest", settings("http://127.0.0.1:9"));
    let error = gone.receive(at_once()).await.unwrap_err();
    assert!(matches!(error, Error::Unreachable { .. }), "{error:?}");
    assert_eq!(error.to_string(), "cannot reach http://127.0.0.1:9 for ingest");
}

#[tokio::test]
async fn refusals_for_good_say_why() {
    for code in ["AccessDenied", "AccessDeniedException", "KmsAccessDenied"] {
        let error = receive_error(&refusing(403, code, "is not authorized")).await;
        assert!(matches!(error, Error::Denied { .. }), "{error:?}");
        assert_eq!(error.to_string(), "ingest does not permit to receive from");
        let source = std::error::Error::source(&error).unwrap().to_string();
        assert_eq!(source, format!("{code}: is not authorized"));
    }
    // What is no SQS server at all.
    let page = || (405, "content-type: text/html\r\n".to_owned(), "<html></html>".to_owned());
    let server = Scripted::start(Box::new(move |_| page()));
    let error = receive_error(&server).await;
    let source = std::error::Error::source(&error).unwrap().to_string();
    assert_eq!(source, "it answers 405, but not as SQS does");
}

#[tokio::test]
async fn receipts_that_are_gone_are_told_by_each_of_their_signs() {
    for (code, message) in [
        ("ReceiptHandleIsInvalid", "The input receipt handle is invalid."),
        ("AWS.SimpleQueueService.MessageNotInflight", "x"),
        (
            "InvalidParameterValue",
            "Value AQEB for parameter ReceiptHandle is invalid. Reason: Message does not exist \
             or is not available for visibility timeout change.",
        ),
    ] {
        let queue = refusing(400, code, message).queue();
        let error = queue.extend(&Receipt("AQEB".to_owned()), Duration::ZERO).await.unwrap_err();
        assert!(matches!(error, Error::ReceiptGone { .. }), "{code}: {error:?}");
    }
}

#[tokio::test]
async fn a_batch_that_failed_in_part_names_the_first_failure() {
    let failed = |code: &str, message: &str| {
        let other = r#"{"Id":"0","SenderFault":true,"Code":"InternalError","Message":"other"}"#;
        format!(
            r#"{{"Successful":[{{"Id":"2"}}],"Failed":[{{"Id":"1","SenderFault":true,"Code":"{code}","Message":"{message}"}},{other}]}}"#
        )
    };
    let small = failed("InvalidParameterValue", "Reason: Message must be shorter than 1024 bytes.");
    let odd = failed("InvalidMessageContents", "The message contains characters outside.");
    for (body, expected) in [(small, "too large"), (odd, "backend")] {
        let server = Scripted::start(Box::new(move |operation| match operation {
            "SendMessageBatch" => (200, String::new(), body.clone()),
            _ => good(operation),
        }));
        let messages = ["a", "four", "b"].map(Outgoing::new);
        match (server.queue().send(&messages).await.unwrap_err(), expected) {
            (Error::TooLarge { bytes: 4, .. }, "too large") => {}
            (Error::Backend { source, .. }, "backend") => {
                assert!(source.to_string().starts_with("InvalidMessageContents: "), "{source}");
            }
            (other, _) => panic!("{expected}: {other:?}"),
        }
    }

    let stale = r#"{"Successful":[],"Failed":[{"Id":"0","SenderFault":true,"Code":"ReceiptHandleIsInvalid","Message":"x"}]}"#;
    let both = stale
        .replace("}]", r#"},{"Id":"1","SenderFault":false,"Code":"InternalError","Message":"x"}]"#);
    for (body, is_fine) in [(stale.to_owned(), true), (both, false)] {
        let server = Scripted::start(Box::new(move |operation| match operation {
            "DeleteMessageBatch" => (200, String::new(), body.clone()),
            _ => good(operation),
        }));
        let receipts = ["a", "b"].map(|text| Receipt(text.to_owned()));
        let done = server.queue().ack(&receipts).await;
        assert_eq!(done.is_ok(), is_fine, "{done:?}");
        assert!(is_fine || matches!(done, Err(Error::Unreachable { .. })), "{done:?}");
    }
}

#[tokio::test]
async fn large_batches_become_several() {
    let server = Scripted::start(Box::new(good));
    let queue = server.queue();
    let messages: Vec<_> = (0..25).map(|number| Outgoing::new(number.to_string())).collect();
    queue.send(&messages).await.unwrap();
    queue.ack(&vec![Receipt("r".to_owned()); 11]).await.unwrap();
    let sent = |name: &str| server.asked().iter().filter(|asked| *asked == name).count();
    assert_eq!((sent("SendMessageBatch"), sent("DeleteMessageBatch")), (3, 2));
}
