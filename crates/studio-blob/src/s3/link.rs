//! Links by which an object can be fetched without credentials (S3 API, presigned URLs).

use std::time::Duration;

use aws_sdk_s3::presigning::PresigningConfig;
use studio_domain::ObjectKey;

use super::{S3Store, attributes};
use crate::{Error, Result};

impl S3Store {
    /// Signs a GET of the object. Nothing is sent.
    pub(super) async fn presign(
        &self,
        key: &ObjectKey,
        expires: Duration,
        file_name: Option<&str>,
    ) -> Result<String> {
        let connection = self.connection().await;
        let expiry = PresigningConfig::expires_in(expires).map_err(|error| Error::Backend {
            action: "make a link to",
            object: self.url.locate(key),
            source: Box::new(error),
        })?;
        let request = connection
            .client
            .get_object()
            .bucket(&self.bucket)
            .key(self.full_key(key.as_str()))
            .set_response_content_disposition(file_name.map(attributes::save_as));
        let signed = request.presigned(expiry).await;
        match signed {
            Ok(signed) => Ok(signed.uri().to_owned()),
            Err(error) => Err(self.context(connection, "make a link to", Some(key)).read(error)),
        }
    }
}
