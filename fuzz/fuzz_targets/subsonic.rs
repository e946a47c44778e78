//! What players ask: anybody can send that.
#![no_main]

use libfuzzer_sys::fuzz_target;
use studio_subsonic::{Answer, Error, Node, Parameters, Request};

fuzz_target!(|input: (&str, &[u8])| {
    let (query, form) = input;
    let Ok(parameters) = Parameters::read(query, form) else { return };
    let format = Request::format(&parameters);
    let read = Request::read(&parameters);
    let said = match &read {
        Ok(request) => Ok(Node::new().text("client", request.client.as_str())),
        Err(error) => Err(Error::Generic(error.to_string())),
    };
    let written = Answer::new("0", said).write(&format);
    // Whatever was asked, the answer is text that its format can hold.
    let text = String::from_utf8(written.body).expect("UTF-8");
    assert!(!text.contains('\0'));
});
