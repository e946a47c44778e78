//! What a request asks for.

use hyper::{Method, Uri};

/// An operation of the S3 API, told from a request's method, path and query. The bucket
/// is taken to stand in the path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the names are those of the S3 API")]
pub enum Operation {
    ListBuckets,
    CreateBucket,
    HeadBucket,
    DeleteBucket,
    ListObjectsV2,
    DeleteObjects,
    PutObject,
    HeadObject,
    GetObject,
    DeleteObject,
    CreateMultipartUpload,
    UploadPart,
    CompleteMultipartUpload,
    AbortMultipartUpload,
    ListParts,
    ListMultipartUploads,
    /// Something else.
    Other,
}

impl Operation {
    /// Reads a request's first line.
    pub(super) fn of(method: &Method, uri: &Uri) -> Self {
        let path = uri.path().trim_start_matches('/');
        let query = Query(uri.query().unwrap_or_default());
        match path.split_once('/') {
            Some((_, key)) if !key.is_empty() => Self::of_object(method, query),
            _ if path.is_empty() => match *method {
                Method::GET => Self::ListBuckets,
                _ => Self::Other,
            },
            _ => Self::of_bucket(method, query),
        }
    }

    fn of_bucket(method: &Method, query: Query<'_>) -> Self {
        match *method {
            Method::GET if query.has("uploads") => Self::ListMultipartUploads,
            Method::GET if query.has("list-type") => Self::ListObjectsV2,
            Method::POST if query.has("delete") => Self::DeleteObjects,
            // With a query these are about a bucket's settings.
            Method::PUT if query.is_plain() => Self::CreateBucket,
            Method::DELETE if query.is_plain() => Self::DeleteBucket,
            Method::HEAD => Self::HeadBucket,
            _ => Self::Other,
        }
    }

    fn of_object(method: &Method, query: Query<'_>) -> Self {
        match *method {
            Method::GET if query.has("uploadId") => Self::ListParts,
            Method::PUT if query.has("uploadId") => Self::UploadPart,
            Method::POST if query.has("uploads") => Self::CreateMultipartUpload,
            Method::POST if query.has("uploadId") => Self::CompleteMultipartUpload,
            Method::DELETE if query.has("uploadId") => Self::AbortMultipartUpload,
            Method::HEAD => Self::HeadObject,
            Method::GET if query.is_plain() => Self::GetObject,
            Method::PUT if query.is_plain() => Self::PutObject,
            Method::DELETE if query.is_plain() => Self::DeleteObject,
            _ => Self::Other,
        }
    }
}

/// The key in a request's path, as it stands there; nothing where it has none.
pub(super) fn key(uri: &Uri) -> &str {
    let path = uri.path().trim_start_matches('/');
    path.split_once('/').map_or("", |(_, key)| key)
}

/// A query, as it stands in the URL.
#[derive(Clone, Copy)]
struct Query<'a>(&'a str);

impl<'a> Query<'a> {
    fn names(self) -> impl Iterator<Item = &'a str> {
        let pairs = self.0.split('&').filter(|pair| !pair.is_empty());
        pairs.map(|pair| pair.split_once('=').map_or(pair, |(name, _)| name))
    }

    fn has(self, wanted: &str) -> bool {
        self.names().any(|name| name == wanted)
    }

    /// Whether it asks for nothing but the thing itself. Signatures (`X-Amz-…`), headers of
    /// the answer (`response-…`) and the SDK's own name (`x-id`) do not change what is done.
    fn is_plain(self) -> bool {
        self.names().all(|name| {
            name.starts_with("X-Amz-") || name.starts_with("response-") || name == "x-id"
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_are_told_from_the_first_line() {
        let cases = [
            ("GET", "/", Operation::ListBuckets),
            ("PUT", "/b", Operation::CreateBucket),
            ("PUT", "/b/", Operation::CreateBucket),
            ("PUT", "/b?versioning", Operation::Other),
            ("HEAD", "/b", Operation::HeadBucket),
            ("DELETE", "/b", Operation::DeleteBucket),
            ("GET", "/b?list-type=2&prefix=uploads", Operation::ListObjectsV2),
            ("GET", "/b?uploads&prefix=x", Operation::ListMultipartUploads),
            ("GET", "/b?location", Operation::Other),
            ("POST", "/b?delete", Operation::DeleteObjects),
            ("PUT", "/b/k?x-id=PutObject", Operation::PutObject),
            ("PUT", "/b/k?partNumber=1&uploadId=u&x-id=UploadPart", Operation::UploadPart),
            ("PUT", "/b/k?tagging", Operation::Other),
            ("HEAD", "/b/k", Operation::HeadObject),
            ("GET", "/b/k/l?x-id=GetObject", Operation::GetObject),
            ("GET", "/b/k?X-Amz-Signature=1&response-expires=2", Operation::GetObject),
            ("GET", "/b/k?uploadId=u&max-parts=2", Operation::ListParts),
            ("POST", "/b/k?uploads=", Operation::CreateMultipartUpload),
            ("POST", "/b/k?uploadId=u", Operation::CompleteMultipartUpload),
            ("DELETE", "/b/k?uploadId=u", Operation::AbortMultipartUpload),
            ("DELETE", "/b/k?x-id=DeleteObject", Operation::DeleteObject),
        ];
        for (method, uri, expected) in cases {
            let method: Method = method.parse().unwrap();
            let found = Operation::of(&method, &uri.parse().unwrap());
            assert_eq!(found, expected, "{method} {uri}");
        }
        assert_eq!(key(&"/b/k/l?x".parse().unwrap()), "k/l");
        assert_eq!(key(&"/b?x=/".parse().unwrap()), "");
    }
}
