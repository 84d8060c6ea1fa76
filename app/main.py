"""Wiring: builds the parts from the settings and ties their lives to the server's."""

import asyncio
import contextlib
import gc
from collections.abc import AsyncIterator
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, Any

import structlog
from fastapi import FastAPI
from fastapi.responses import JSONResponse, PlainTextResponse, Response

from app import metrics, model_server
from app.brain import GraphBrain, Owner
from app.channels.cloud_api.client import CloudApi, Template
from app.channels.cloud_api.policy import ASKS_THE_OWNER, outcome_of, problem_of
from app.chores import Chores
from app.condition import Condition
from app.errors import Outcome
from app.media.album import HOUR_MS, Album
from app.media.audio import AudioReader
from app.media.base import Reader
from app.media.desk import MediaDesk
from app.media.document import DocumentReader
from app.media.eyes import Eyes
from app.media.image import ImageReader
from app.media.ocr import INSTALLED as OCR_INSTALLED
from app.media.ocr import Ocr
from app.media.speaker import Speaker, lack_of
from app.model_server import EmbeddedServer, ModelServer
from app.parts import TEXT_LIMIT
from app.phone import StandIn, phone_router
from app.reminders import ReminderClock
from app.round_trip import round_trip_router
from app.same_origin import SameOrigin
from app.sender import TEMPLATE, OutboxSender
from app.settings import Settings
from app.turns import Turns
from app.webhook import webhook_router
from graph.prompts import Prompts
from store.backup import forget_copies
from store.clock import month_began_ms, utc_now
from store.database import Database
from store.documents import DocumentStore
from store.instance import hold
from store.intake import Rules, Taken
from store.ledger import Ledger
from store.media import MediaStore
from store.reminders import ReminderStore

if TYPE_CHECKING:
    from app.diary import DiaryWriter

log = structlog.get_logger()

TURN_GRACE_S = 2.0  # at shutdown, for turns that are nearly done; the rest is resumed
SEND_GRACE_S = 3.0  # for requests on the wire

# Objects between two looks for cycles: a turn makes thousands, nearly all gone by themselves.
COLLECT_AFTER = (50_000, 20, 10)
UNDELIVERED = "undelivered"  # our key in Condition: payment trouble comes after the acceptance


class Wasap:
    """The running product. Open it, serve `public` and `admin`, close it."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.closing = False
        self._database = Database(settings.data_dir / "wasap.db", settings.database_key)
        self._ledger = Ledger(self._database)
        self._media = MediaStore(
            self._database,
            settings.data_dir / "media",
            quota_bytes=settings.media_quota_mb << 20,
            keep_ms={"image": int(settings.picture_keep_hours * HOUR_MS)},
        )
        self._prompts = Prompts(settings.prompts_dir)
        self._condition = Condition()
        self._whitelist = settings.whitelist()
        self._model: ModelServer | None = None
        self._diary: DiaryWriter | None = None
        meta = settings.graph_api_url
        self._stand_in = StandIn.at(meta.host, str(meta))
        self.public = self._public_app()
        self.admin = self._admin_app()

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Everything that must run while webhooks come in. Raises store errors."""
        async with contextlib.AsyncExitStack() as stack:
            stack.enter_context(contextlib.closing(hold(self.settings.data_dir)))
            await self._database.open()
            stack.push_async_callback(self._database.close)
            await self._media.clean()
            if self._stand_in is not None:
                stack.push_async_callback(self._stand_in.aclose)
            template = Template.parse(
                self.settings.whatsapp_reminder_template, self.settings.owner_language
            )
            channel = self._channel(template)
            stack.push_async_callback(channel.aclose)
            desk = self._desk(channel)
            stack.push_async_callback(desk.aclose)
            self._voice = self._open_voice(stack)
            self._brain = GraphBrain(
                self._load_graph,
                Owner(self.settings.owner_language, self.settings.owner_timezone),
                self._ledger,
                self._prompts,
            )
            stack.push_async_callback(self._brain.close)
            self._sender = OutboxSender(
                self._ledger,
                channel,
                self._condition,
                settle_s=self.settings.send_settle_s,
                retry_s=self.settings.send_retry_s,
                templates=template is not None,
                voice=self._voice,
            )
            self._clock = ReminderClock(
                ReminderStore(self._database),
                self._prompts,
                self.settings.owner_language,
                on_fired=self._sender.wake,
                now=utc_now,
                templates=template is not None,
            )
            self._turns = Turns(
                ledger=self._ledger,
                brain=self._brain,
                sender=self._sender,
                channel=channel,
                desk=desk,
                prompts=self._prompts,
                language=self.settings.owner_language,
                burst_window_s=self.settings.burst_window_s,
                speaks=self._voice is not None,
            )
            stack.push_async_callback(self.finish)
            await self._sender.start()
            self._clock.start()
            await self._turns.start()
            yield

    def _channel(self, template: Template | None) -> CloudApi:
        return CloudApi(
            str(self.settings.graph_api_url),
            self.settings.graph_api_version,
            self.settings.whatsapp_phone_number_id,
            self.settings.whatsapp_access_token.get_secret_value(),
            timeout_s=self.settings.graph_api_timeout_s,
            template=template,
            opens_list=self._prompts.message(self.settings.owner_language, "opens_list"),
        )

    def _desk(self, channel: CloudApi) -> MediaDesk:
        language = self.settings.owner_language
        self._eyes = Eyes(Ocr() if OCR_INSTALLED else None, self._prompts, language)
        return MediaDesk(
            ledger=self._ledger,
            media=self._media,
            channel=channel,
            readers=self._readers(),
            prompts=self._prompts,
            language=language,
        )

    async def finish(self) -> None:
        """Take no more webhooks (503: Meta keeps them), finish or leave what runs."""
        self.closing = True
        await self._turns.stop(TURN_GRACE_S)
        await self._clock.stop()
        await self._sender.stop(SEND_GRACE_S)

    async def loaded(self) -> None:
        """Returns when turns can run; raises what kept the graph from loading."""
        await self._brain.loaded()

    def _readers(self) -> dict[str, Reader]:
        """Who reads which kind of file."""
        settings, language = self.settings, self.settings.owner_language
        documents = DocumentStore(self._database)
        return {
            "audio": AudioReader(
                settings, settings.models_dir, prompts=self._prompts, language=language
            ),
            "document": DocumentReader(documents, self._prompts, language),
            "image": ImageReader(self._eyes, self._prompts, language),
        }

    def _open_voice(self, stack: contextlib.AsyncExitStack) -> Speaker | None:
        """What says answers aloud; None where it is not set or cannot: `wasap doctor` says why."""
        model = self.settings.voice_model
        if model is None:
            return None
        if lack := lack_of(model):
            log.warning("voice_off", lacks=lack)
            return None
        speaker = Speaker(model)
        stack.push_async_callback(speaker.aclose)
        return speaker

    async def _album(self) -> Album | None:
        """Pictures to look at once more; None where none are kept, or nothing can look."""
        keep_hours = self.settings.picture_keep_hours
        if not keep_hours or not await self._eyes.can_look():
            return None
        return Album(self._media, self._eyes, keep_hours=keep_hours)

    async def _load_graph(self, stack: contextlib.AsyncExitStack) -> Any:
        """Import and compile the brain. Takes seconds, so webhooks are taken meanwhile."""
        self._model = await self._start_model(stack)
        parts = await asyncio.to_thread(_import_graph)
        saver = await stack.enter_async_context(
            parts.open_checkpoints(
                self.settings.data_dir / "checkpoints.db", self.settings.database_key
            )
        )
        embedder = await parts.open_embedder(self.settings, self._model, stack)
        self._eyes.open(await parts.open_vision(self.settings, self._model, stack))
        services = parts.assemble(
            self.settings,
            self._model,
            self._database,
            self._ledger,
            self._prompts,
            embedder,
            await parts.open_tools(self.settings, stack),
            await self._album(),
            self._clock.wake,
            voice=self._voice is not None,
        )
        graph = parts.compile_graph(services, saver)
        chores = Chores(
            self._database,
            saver,
            embedder,
            self._media,
            idle=lambda: not self._turns.busy,
            forget_copies=partial(forget_copies, self.settings.data_dir),
        )
        self._turns.on_finished = self._sender.on_sent = chores.wake
        stack.push_async_callback(chores.stop)
        if self.settings.diary_after_s:
            self._diary = parts.DiaryWriter(
                services,
                parts.DiaryStore(self._database),
                quiet_s=self.settings.diary_after_s,
                language=self.settings.owner_language,
                timezone=self.settings.owner_timezone,
                idle=lambda: not self._turns.busy,
                on_written=chores.wake,
            )
            stack.push_async_callback(self._diary.stop)
        if self.settings.ollama_warm_up:
            warmup = parts.Warmup(services, self.settings.owner_language)
            stack.push_async_callback(warmup.stop)
            warmup.start()
        gc.collect()
        gc.freeze()  # a quarter million objects that never die; walking them costs 5 % of a turn
        gc.set_threshold(*COLLECT_AFTER)
        log.info("brain_ready", model=self._model.model, embedded=self._model.embedded)
        return graph

    async def _start_model(self, stack: contextlib.AsyncExitStack) -> ModelServer:
        chosen = await model_server.choose(self.settings)
        if chosen is not None:
            return chosen
        embedded = EmbeddedServer(self.settings)
        stack.push_async_callback(embedded.stop)
        await embedded.start()
        return embedded.address

    def _rules(self) -> Rules:
        return Rules(
            allowed=self._whitelist.allows,
            say=partial(self._prompts.message, self.settings.owner_language),
            per_minute=self.settings.rate_limit_per_minute,
            text_max=TEXT_LIMIT,
            retry_ms=int(self.settings.send_retry_s * 1000),
            month_began=month_began_ms(self.settings.owner_timezone),
        )

    def _on_taken(self, taken: Taken) -> None:
        if taken.answer and self._diary is not None:
            self._diary.disturb()
        for conversation_id in taken.answer:
            self._turns.wake(conversation_id)
        for conversation_id in taken.send:
            self._sender.wake(conversation_id)
        if taken.delivered:
            self._condition.clear(UNDELIVERED)
        for code in taken.failed_codes:
            if (outcome := outcome_of(code, 200)) in ASKS_THE_OWNER:
                key = TEMPLATE if outcome is Outcome.TEMPLATE else UNDELIVERED
                self._condition.report(key, problem_of(code))

    def _public_app(self) -> FastAPI:
        app = FastAPI(openapi_url=None)
        app.include_router(
            webhook_router(
                self.settings,
                self._ledger,
                rules=self._rules,
                on_taken=self._on_taken,
                closing=lambda: self.closing,
            )
        )

        @app.get("/health")
        async def health() -> Response:
            return JSONResponse({"status": "closing" if self.closing else "ok"})

        return app

    def _admin_app(self) -> FastAPI:
        app = FastAPI(openapi_url=None)
        app.add_middleware(SameOrigin)
        app.include_router(
            phone_router(
                self._stand_in,
                self.settings.owner_language,
                about=self._who_answers,
                look_back=self._look_back,
            )
        )

        @app.get("/health")
        async def health() -> Response:
            problems = [asdict(problem) for problem in self._condition.problems]
            status = "closing" if self.closing else "red" if problems else "ok"
            report = {
                "status": status,
                "problems": problems,
                "brain_ready": self._brain.ready,
                **self._who_answers(),
                "inbox": await self._ledger.inbox_depth(),
                "outbox": await self._ledger.outbox_depth(),
                "uptime_s": round(self._condition.uptime_s),
            }
            return JSONResponse(report, status_code=200 if status == "ok" else 503)

        @app.get("/metrics")
        async def prometheus() -> Response:
            metrics.OUTBOX_DEPTH.set(await self._ledger.outbox_depth())
            metrics.INBOX_DEPTH.set(await self._ledger.inbox_depth())
            return PlainTextResponse(metrics.text())

        app.include_router(
            round_trip_router(
                self.settings.whatsapp_app_secret.get_secret_value(),
                self._whitelist,
                self._ledger,
                sentence=lambda: self._prompts.message(self.settings.owner_language, "round_trip"),
                wake=lambda conversation_id: self._sender.wake(conversation_id),
            )
        )
        return app

    def _who_answers(self) -> dict[str, Any]:
        model = self._model
        return {
            "model": model.model if model else None,
            "embedded": model.embedded if model else None,
        }

    async def _look_back(self, wa_id: str) -> dict[str, Any] | None:
        """What the turn of a message did, for the phone page."""
        past = await self._ledger.past(wa_id)
        return None if past is None else await self._brain.look_back(past)


def _import_graph() -> Any:
    """The slow imports (1.5 s), in a thread."""
    from app import loading

    return loading
