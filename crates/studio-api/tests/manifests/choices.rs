//! Picks and marks.

mod picks {
    use proptest::option;
    use proptest::prelude::*;
    use studio_api::v1::{self, ManifestError};
    use studio_domain::{Note, Pick, PickId, PickedVersion, Said, Timestamp, TrackPath, VersionId};

    use crate::arbitrary::{paths, said, uuids};
    use crate::laws::{Kind, laws, refused_field};

    struct Picks;

    impl Kind for Picks {
        type Told = Pick;
        const FORMAT: &str = "studio.pick/1";
        /// The text of [`the_laugh`]. Stores have these: it may gain lines, no more.
        const GOLDEN: &str = r#"{
  "format": "studio.pick/1",
  "id": "01890a5d-ac96-774b-bcce-b302099a8057",
  "artist": "Khruangbin",
  "song": "Evan \"Enters\" the Third Room",
  "track": "DJ's Drums 🥁",
  "version": "take_three",
  "version_id": "01890a5d-ac96-774b-bcce-b302099a8058",
  "by": "Ana Núñez",
  "at": "2026-11-21T22:09:20.123456Z",
  "note": "the one\nwith the laugh"
}
"#;

        fn encode(pick: &Pick) -> String {
            v1::Pick::encode(pick)
        }

        fn decode(json: &[u8]) -> Result<Pick, ManifestError> {
            v1::Pick::decode(json)
        }
    }

    fn the_laugh() -> Pick {
        Pick {
            id: "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap(),
            track: TrackPath {
                artist: "Khruangbin".parse().unwrap(),
                song: "Evan \"Enters\" the Third Room".parse().unwrap(),
                track: "DJ's Drums 🥁".parse().unwrap(),
            },
            version: Some(PickedVersion {
                id: "01890a5d-ac96-774b-bcce-b302099a8058".parse().unwrap(),
                tag: "take_three".parse().unwrap(),
            }),
            said: Said {
                by: "Ana Núñez".parse().unwrap(),
                at: Timestamp::from_micros(1_795_298_960_123_456),
                note: Some(Note::new("the one\nwith the laugh").unwrap()),
            },
        }
    }

    fn picks() -> impl Strategy<Value = Pick> {
        (uuids(), paths(), option::of(uuids()), said()).prop_map(|(id, path, version, said)| Pick {
            id: PickId::from_uuid(id),
            track: path.track_path(),
            version: version
                .map(|id| PickedVersion { id: VersionId::from_uuid(id), tag: path.tag }),
            said,
        })
    }

    laws!(Picks, the_laugh(), picks());

    #[test]
    fn a_pick_taken_back_has_no_version() {
        let taken_back =
            Pick { version: None, said: Said { note: None, ..the_laugh().said }, ..the_laugh() };
        let json = Picks::GOLDEN
            .replacen("\"take_three\"", "null", 1)
            .replacen("\"01890a5d-ac96-774b-bcce-b302099a8058\"", "null", 1)
            .replacen("\"the one\\nwith the laugh\"", "null", 1);
        assert_eq!(Picks::encode(&taken_back), json);
        assert_eq!(Picks::decode(json.as_bytes()).unwrap(), taken_back);
    }

    #[test]
    fn a_field_that_breaks_a_rule_is_named() {
        for (old, new, field) in [
            ("b302099a8057", "", "id"),
            ("Khruangbin", " ", "artist"),
            ("Evan ", "Evan\\n", "song"),
            ("DJ's Drums 🥁", "\\u200b", "track"),
            ("take_three", "a\\u0000b", "version"),
            ("b302099a8058", "x", "version_id"),
            ("\"take_three\"", "null", "version_id"),
            ("\"01890a5d-ac96-774b-bcce-b302099a8058\"", "null", "version_id"),
            ("Ana Núñez", "", "by"),
            ("2026-11-21T", "2026-13-21T", "at"),
            ("the one\\n", "\\u001b[2J", "note"),
            ("the one\\nwith the laugh", " ", "note"),
        ] {
            assert_eq!(refused_field::<Picks>(old, new), field, "{new}");
        }
    }
}

mod marks {
    use proptest::option;
    use proptest::prelude::*;
    use proptest::sample::select;
    use studio_api::v1::{self, ManifestError};
    use studio_domain::{Mark, MarkId, Note, Said, Status, Timestamp, VersionId};

    use crate::arbitrary::{said, uuids};
    use crate::laws::{Kind, laws, refused_field};

    struct Marks;

    impl Kind for Marks {
        type Told = Mark;
        const FORMAT: &str = "studio.mark/1";
        /// The text of [`the_hum`]. Stores have these: it may gain lines, no more.
        const GOLDEN: &str = r#"{
  "format": "studio.mark/1",
  "id": "01890a5d-ac96-774b-bcce-b302099a8057",
  "version_id": "01890a5d-ac96-774b-bcce-b302099a8058",
  "status": "no-good",
  "by": "Ana Núñez",
  "at": "2026-11-21T22:09:20.123456Z",
  "note": "amp hums"
}
"#;

        fn encode(mark: &Mark) -> String {
            v1::Mark::encode(mark)
        }

        fn decode(json: &[u8]) -> Result<Mark, ManifestError> {
            v1::Mark::decode(json)
        }
    }

    fn the_hum() -> Mark {
        Mark {
            id: "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap(),
            version: "01890a5d-ac96-774b-bcce-b302099a8058".parse().unwrap(),
            status: Some(Status::NoGood),
            said: Said {
                by: "Ana Núñez".parse().unwrap(),
                at: Timestamp::from_micros(1_795_298_960_123_456),
                note: Some(Note::new("amp hums").unwrap()),
            },
        }
    }

    fn marks() -> impl Strategy<Value = Mark> {
        (uuids(), uuids(), option::of(select(Status::ALL)), said()).prop_map(
            |(id, version, status, said)| Mark {
                id: MarkId::from_uuid(id),
                version: VersionId::from_uuid(version),
                status,
                said,
            },
        )
    }

    laws!(Marks, the_hum(), marks());

    /// The words of the command line, so that what one prints the other takes.
    #[test]
    fn a_status_has_its_own_name() {
        let statuses = Status::ALL.iter().copied().map(Some).chain([None]);
        for status in statuses {
            let mark = Mark { status, ..the_hum() };
            let name = status.map_or("null".to_owned(), |status| format!("\"{status}\""));
            let json = Marks::GOLDEN.replacen("\"no-good\"", &name, 1);
            assert_eq!(Marks::encode(&mark), json);
            assert_eq!(Marks::decode(json.as_bytes()).unwrap(), mark);
        }
        for unknown in ["no_good", "NoGood", "Circled", "", "loved"] {
            let json = Marks::GOLDEN.replacen("no-good", unknown, 1);
            let error = Marks::decode(json.as_bytes()).unwrap_err();
            assert!(matches!(error, ManifestError::Json(_)), "{unknown}: {error:?}");
        }
    }

    #[test]
    fn a_field_that_breaks_a_rule_is_named() {
        for (old, new, field) in [
            ("b302099a8057", "", "id"),
            ("b302099a8058", "x", "version_id"),
            ("Ana Núñez", "\\u0007", "by"),
            ("T22:09:20.123456Z", "", "at"),
            ("amp hums", "\\u0000", "note"),
        ] {
            assert_eq!(refused_field::<Marks>(old, new), field, "{new}");
        }
    }
}
