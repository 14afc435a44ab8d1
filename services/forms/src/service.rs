//! The rpc face of the press: checks nothing twice, waits its turn, keeps typesetting off the event loop.

use std::sync::Arc;

use proto::fault::Fault;
use proto::forms::v1::forms_server::Forms;
use proto::forms::v1::{
    RenderLetterRequest, RenderLetterResponse, RenderRegisterRequest, RenderRegisterResponse,
    RenderSlipRequest, RenderSlipResponse,
};
use proto::rpc::status_of;
use tokio::sync::Semaphore;
use tonic::{Request, Response, Status};

use crate::error::Error;
use crate::limits;
use crate::press::Press;

/// The service `vanthu.forms.v1.Forms`. Clones share one press and its turns.
#[derive(Debug, Clone)]
pub struct FormsService {
    press: Arc<Press>,
    turns: Arc<Semaphore>,
    queue: Arc<Semaphore>,
}

impl FormsService {
    /// Sets up the press.
    ///
    /// # Errors
    /// As [`Press::new`].
    pub fn new() -> Result<Self, Error> {
        Ok(Self {
            press: Arc::new(Press::new()?),
            turns: Arc::new(Semaphore::new(limits::TYPESETTING_AT_ONCE)),
            queue: Arc::new(Semaphore::new(limits::TYPESETTING_AT_ONCE + limits::TYPESETTING_WAITING)),
        })
    }

    /// Runs one typesetting job on a thread of its own. A caller who goes away keeps his turn until the job is done,
    /// so that the limit holds.
    async fn typeset<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Press) -> Result<T, Error> + Send + 'static,
    ) -> Result<Response<T>, Status> {
        let broken = |e: &dyn std::fmt::Display| Fault::broken(e);
        let result = async {
            let queued = Arc::clone(&self.queue)
                .try_acquire_owned()
                .map_err(|_| Error::Busy { waiting: limits::TYPESETTING_WAITING })?;
            let turn = Arc::clone(&self.turns).acquire_owned().await.map_err(|e| broken(&e))?;
            let press = Arc::clone(&self.press);
            let done = tokio::task::spawn_blocking(move || {
                let done = job(&press);
                drop((turn, queued));
                done
            });
            Ok::<T, Fault>(done.await.map_err(|e| broken(&e))??)
        };
        result.await.map(Response::new).map_err(status_of)
    }
}

#[tonic::async_trait]
impl Forms for FormsService {
    async fn render_letter(
        &self,
        request: Request<RenderLetterRequest>,
    ) -> Result<Response<RenderLetterResponse>, Status> {
        let request = request.into_inner();
        self.typeset(move |press| press.letter(&request)).await
    }

    async fn render_register(
        &self,
        request: Request<RenderRegisterRequest>,
    ) -> Result<Response<RenderRegisterResponse>, Status> {
        let request = request.into_inner();
        self.typeset(move |press| press.register(&request)).await
    }

    async fn render_slip(
        &self,
        request: Request<RenderSlipRequest>,
    ) -> Result<Response<RenderSlipResponse>, Status> {
        let request = request.into_inner();
        self.typeset(move |press| press.slip(&request)).await
    }
}
