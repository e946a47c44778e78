//! Buckets in memory, as strict as Amazon's where studio relies on it.

use std::sync::{Arc, Mutex, MutexGuard};

use hyper::header::IF_NONE_MATCH;
use s3s::dto::*;
use s3s::{S3, S3Request, S3Response, S3Result, s3_error};

use super::state::{State, collect};
use super::weakness::Weaknesses;

/// The server's state, for the service and for tests that look behind it.
#[derive(Debug, Clone, Default)]
pub(super) struct Backend(Arc<Mutex<State>>);

impl Backend {
    pub(super) fn with(weak: Weaknesses) -> Self {
        Self(Arc::new(Mutex::new(State::with(weak))))
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }
}

/// The answer of an operation that needs nothing but the state.
macro_rules! answer {
    ($self:ident, $operation:ident, $request:ident) => {
        Ok(S3Response::new($self.state().$operation($request.input)?))
    };
}

#[async_trait::async_trait]
impl S3 for Backend {
    async fn create_bucket(
        &self,
        request: S3Request<CreateBucketInput>,
    ) -> S3Result<S3Response<CreateBucketOutput>> {
        self.state().create_bucket(request.input)?;
        Ok(S3Response::new(CreateBucketOutput::default()))
    }

    async fn head_bucket(
        &self,
        request: S3Request<HeadBucketInput>,
    ) -> S3Result<S3Response<HeadBucketOutput>> {
        self.state().bucket(&request.input.bucket)?;
        Ok(S3Response::new(HeadBucketOutput::default()))
    }

    async fn put_object(
        &self,
        request: S3Request<PutObjectInput>,
    ) -> S3Result<S3Response<PutObjectOutput>> {
        let mut input = request.input;
        let bytes = collect(input.body.take()).await?;
        Ok(S3Response::new(self.state().put_object(input, bytes)?))
    }

    async fn head_object(
        &self,
        request: S3Request<HeadObjectInput>,
    ) -> S3Result<S3Response<HeadObjectOutput>> {
        answer!(self, head_object, request)
    }

    async fn get_object(
        &self,
        request: S3Request<GetObjectInput>,
    ) -> S3Result<S3Response<GetObjectOutput>> {
        answer!(self, get_object, request)
    }

    async fn delete_object(
        &self,
        request: S3Request<DeleteObjectInput>,
    ) -> S3Result<S3Response<DeleteObjectOutput>> {
        answer!(self, delete_object, request)
    }

    async fn copy_object(
        &self,
        request: S3Request<CopyObjectInput>,
    ) -> S3Result<S3Response<CopyObjectOutput>> {
        let condition = request.headers.get(IF_NONE_MATCH).map(|condition| {
            IfNoneMatch::parse_http_header(condition.as_bytes())
                .map_err(|_| s3_error!(InvalidArgument))
        });
        let condition = condition.transpose()?;
        let mut state = self.state();
        Ok(S3Response::new(state.copy_object(request.input, condition.as_ref())?))
    }

    async fn upload_part_copy(
        &self,
        request: S3Request<UploadPartCopyInput>,
    ) -> S3Result<S3Response<UploadPartCopyOutput>> {
        answer!(self, copy_part, request)
    }

    async fn list_objects_v2(
        &self,
        request: S3Request<ListObjectsV2Input>,
    ) -> S3Result<S3Response<ListObjectsV2Output>> {
        answer!(self, list_objects, request)
    }

    async fn create_multipart_upload(
        &self,
        request: S3Request<CreateMultipartUploadInput>,
    ) -> S3Result<S3Response<CreateMultipartUploadOutput>> {
        answer!(self, create_upload, request)
    }

    async fn upload_part(
        &self,
        request: S3Request<UploadPartInput>,
    ) -> S3Result<S3Response<UploadPartOutput>> {
        let mut input = request.input;
        let bytes = collect(input.body.take()).await?;
        Ok(S3Response::new(self.state().upload_part(input, bytes)?))
    }

    async fn complete_multipart_upload(
        &self,
        request: S3Request<CompleteMultipartUploadInput>,
    ) -> S3Result<S3Response<CompleteMultipartUploadOutput>> {
        answer!(self, complete_upload, request)
    }

    async fn abort_multipart_upload(
        &self,
        request: S3Request<AbortMultipartUploadInput>,
    ) -> S3Result<S3Response<AbortMultipartUploadOutput>> {
        self.state().abort_upload(request.input)?;
        Ok(S3Response::new(AbortMultipartUploadOutput::default()))
    }

    async fn list_parts(
        &self,
        request: S3Request<ListPartsInput>,
    ) -> S3Result<S3Response<ListPartsOutput>> {
        answer!(self, list_parts, request)
    }

    async fn list_multipart_uploads(
        &self,
        request: S3Request<ListMultipartUploadsInput>,
    ) -> S3Result<S3Response<ListMultipartUploadsOutput>> {
        answer!(self, list_uploads, request)
    }
}
