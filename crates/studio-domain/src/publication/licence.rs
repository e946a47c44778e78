//! What others may do with what is published.

use crate::audio::named;

named! {
    /// What others may do with an album or a recording. The names are those of SPDX in lower
    /// case, where SPDX has one.
    Licence, "a licence: all-rights-reserved, cc0-1.0, or one such as cc-by-4.0 or cc-by-nc-nd-4.0" {
        /// Nothing without being asked.
        AllRightsReserved => "all-rights-reserved",
        /// Everything.
        Cc0 => "cc0-1.0",
        /// Everything that names the artist.
        CcBy => "cc-by-4.0",
        /// As `CcBy`, under the same licence.
        CcBySa => "cc-by-sa-4.0",
        /// As `CcBy`, unaltered.
        CcByNd => "cc-by-nd-4.0",
        /// As `CcBy`, without a commercial purpose.
        CcByNc => "cc-by-nc-4.0",
        /// As `CcByNc`, under the same licence.
        CcByNcSa => "cc-by-nc-sa-4.0",
        /// As `CcByNc`, unaltered.
        CcByNcNd => "cc-by-nc-nd-4.0",
    }
}

impl Licence {
    /// What people call it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::AllRightsReserved => "All rights reserved",
            Self::Cc0 => "CC0 1.0",
            Self::CcBy => "CC BY 4.0",
            Self::CcBySa => "CC BY-SA 4.0",
            Self::CcByNd => "CC BY-ND 4.0",
            Self::CcByNc => "CC BY-NC 4.0",
            Self::CcByNcSa => "CC BY-NC-SA 4.0",
            Self::CcByNcNd => "CC BY-NC-ND 4.0",
        }
    }

    /// Where its text stands, if it is a public one.
    pub const fn url(self) -> Option<&'static str> {
        match self {
            Self::AllRightsReserved => None,
            Self::Cc0 => Some("https://creativecommons.org/publicdomain/zero/1.0/"),
            Self::CcBy => Some("https://creativecommons.org/licenses/by/4.0/"),
            Self::CcBySa => Some("https://creativecommons.org/licenses/by-sa/4.0/"),
            Self::CcByNd => Some("https://creativecommons.org/licenses/by-nd/4.0/"),
            Self::CcByNc => Some("https://creativecommons.org/licenses/by-nc/4.0/"),
            Self::CcByNcSa => Some("https://creativecommons.org/licenses/by-nc-sa/4.0/"),
            Self::CcByNcNd => Some("https://creativecommons.org/licenses/by-nc-nd/4.0/"),
        }
    }
}
