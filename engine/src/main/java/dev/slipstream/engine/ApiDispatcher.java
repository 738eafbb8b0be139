// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.api.ApiError;
import dev.slipstream.protocol.api.ApiErrors;
import dev.slipstream.protocol.api.ConsumerCreateRequest;
import dev.slipstream.protocol.api.PauseRequest;
import dev.slipstream.protocol.api.RequestBody;
import dev.slipstream.protocol.json.JsonException;
import dev.slipstream.protocol.subject.Subject;
import dev.slipstream.protocol.wire.AckSubject;
import dev.slipstream.protocol.wire.HeaderBlock;
import dev.slipstream.protocol.wire.MessageFrame;
import dev.slipstream.protocol.wire.OutputBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Hears the API, the pull requests, the acknowledgements and the answers to flow control of one
 * account and hands each to the loop that owns what it is about.
 *
 * <p>Called on the loop of the publisher's connection; owns nothing. Source: ADR-1 and the
 * JetStream API subjects.
 */
final class ApiDispatcher {
  private static final int PREFIX_TOKENS = 2;
  private static final int ACK_TOKENS = 9;
  private static final int FLOW_CONTROL_TOKENS = 5;
  private static final byte[] LAST_CONSUMER_SEQ = Subject.bytes(PullStatus.LAST_CONSUMER);
  private static final byte[] LAST_STREAM_SEQ = Subject.bytes(PullStatus.LAST_STREAM);

  private final Engine engine;
  private final JetStreamAccount account;
  private final StreamApi streams;
  private final ConsumerApi consumers;
  private final ConsumerControlApi controls;
  private final MessageApi messages = new MessageApi();
  private final DirectApi direct;
  private final SnapshotApi snapshots;
  private final RestoreApi restores;

  /** Who was acknowledged last: a guess that saves taking the next ack subject apart. */
  private volatile @Nullable Consumer lastAcked;

  ApiDispatcher(Engine engine, JetStreamAccount account) {
    this.engine = engine;
    this.account = account;
    streams = new StreamApi(engine, account);
    consumers = new ConsumerApi(account);
    controls = new ConsumerControlApi(account);
    direct = new DirectApi(account);
    snapshots = new SnapshotApi(account);
    restores = new RestoreApi(engine, account);
  }

  /** A handler that runs on the loop of a stream. */
  interface StreamHandler {
    void handle(Stream stream, ApiRequest request, ApiAnswer answer);
  }

  /** Hands a request to the loop of the stream that a token names. */
  interface ToStream {
    void run(int token, ApiRequest request, ApiAnswer answer, StreamHandler handler);
  }

  /** A publish under {@code $JS.API.>}. */
  boolean onApi(MessageFrame message) {
    String[] all = message.subject().split("\\.", -1);
    if (all.length <= PREFIX_TOKENS) {
      return true; // what is delivered there under the subject that it was stored with
    }
    String[] tokens = Arrays.copyOfRange(all, PREFIX_TOKENS, all.length);
    if (isPull(tokens)) {
      return onPull(tokens, message);
    }
    if (tokens.length >= 2 && tokens[0].equals("DIRECT") && tokens[1].startsWith("GET")) {
      return tokens.length >= 3 && onDirectGet(tokens, message);
    }
    ApiOperation operation = ApiOperation.of(tokens);
    if (operation == ApiOperation.UNKNOWN) {
      return true; // heard and not answered, as by the public server
    }
    if (operation == ApiOperation.CONSUMER_RESET && find(tokens[2], tokens[3]) == null) {
      return true; // only a consumer answers it
    }
    boolean audited = account.advisories().isAudited();
    ApiRequest request = ApiRequest.of(account, tokens, message, audited ? publisher() : null);
    ApiAnswer answer = new ApiAnswer(request, operation);
    guarded(request, answer, () -> check(operation, request, answer));
    return true;
  }

  private static boolean isPull(String[] tokens) {
    return tokens.length >= 4
        && tokens[0].equals("CONSUMER")
        && tokens[1].equals("MSG")
        && tokens[2].equals("NEXT");
  }

  private void check(ApiOperation operation, ApiRequest request, ApiAnswer answer) {
    if (operation.needsCluster()) {
      answer.error(ApiErrors.CLUSTER_REQUIRED.of());
      return;
    }
    ApiError refusal = null;
    if (request.requiresMoreThan(account.options().apiLevel())) {
      refusal = ApiErrors.REQUIRED_API_LEVEL.of();
    } else if (!account.isEnabled() && operation != ApiOperation.CONSUMER_UNPIN) {
      refusal = ApiErrors.NOT_ENABLED_FOR_ACCOUNT.of(); // unpin looks at its body before
    }
    if (refusal == null) {
      dispatch(operation, request, answer);
      return;
    }
    ApiError ofBody = refusalOfBody(operation, request);
    answer.error(ofBody == null ? refusal : ofBody, ApiOperation.absent(request.tokens()));
  }

  /** What some calls find in their bodies before anything else. */
  private static @Nullable ApiError refusalOfBody(ApiOperation operation, ApiRequest request) {
    byte[] body = request.body();
    switch (operation) {
      case CONSUMER_CREATE, CONSUMER_DURABLE_CREATE -> ConsumerCreateRequest.read(request.json());
      case CONSUMER_PAUSE -> {
        if (RequestBody.isJson(body, 0, body.length)) {
          PauseRequest.read(request.json());
        }
      }
      case CONSUMER_INFO -> {
        return RequestBody.isEmpty(body, 0, body.length) ? null : ApiErrors.NOT_EMPTY_REQUEST.of();
      }
      default -> {}
    }
    return null;
  }

  private void dispatch(ApiOperation operation, ApiRequest request, ApiAnswer answer) {
    switch (operation) {
      case ACCOUNT_INFO -> streams.accountInfo(answer);
      case STREAM_CREATE -> onCatalogue(request, answer, () -> streams.create(request, answer));
      case STREAM_UPDATE -> onCatalogue(request, answer, () -> streams.update(request, answer));
      case STREAM_DELETE -> onCatalogue(request, answer, () -> streams.delete(request, answer));
      case STREAM_NAMES -> onCatalogue(request, answer, () -> streams.names(request, answer));
      case STREAM_LIST -> onCatalogue(request, answer, () -> streams.list(request, answer));
      case STREAM_INFO -> onStream(2, request, answer, streams::info);
      case STREAM_PURGE -> onStream(2, request, answer, messages::purge);
      case MSG_GET -> messages.get(request, answer, this::onStream);
      case MSG_DELETE -> onStream(3, request, answer, messages::delete);
      case SNAPSHOT -> snapshots.snapshot(request, answer, publisher(), this::onStream);
      case RESTORE -> {
        byte[] client = publisher();
        onCatalogue(request, answer, () -> restores.restore(request, answer, client));
      }
      case CONSUMER_CREATE -> consumers.create(request, answer, this::onStream);
      case CONSUMER_DURABLE_CREATE -> consumers.createDurable(request, answer, this::onStream);
      case CONSUMER_NAMES -> onStream(2, request, answer, consumers::names);
      case CONSUMER_LIST -> onStream(2, request, answer, consumers::list);
      case CONSUMER_INFO -> onStream(2, request, answer, consumers::info);
      case CONSUMER_DELETE -> onStream(2, request, answer, consumers::delete);
      case CONSUMER_PAUSE -> onStream(2, request, answer, controls::pause);
      case CONSUMER_UNPIN -> controls.unpin(request, answer, this::onStream);
      case CONSUMER_RESET -> onStream(2, request, answer, controls::reset);
      default -> throw new IllegalStateException(operation + " was taken");
    }
  }

  /** Who asks, as advisories show it; known on the loop of its connection only. */
  private byte[] publisher() {
    return account.bus().publisher();
  }

  private void onCatalogue(ApiRequest request, ApiAnswer answer, Runnable task) {
    engine.runOnCatalogue(() -> guarded(request, answer, task));
  }

  /** Runs a handler on the loop of the stream that the token at {@code index} names. */
  void onStream(int index, ApiRequest request, ApiAnswer answer, StreamHandler handler) {
    String name = request.token(index);
    Stream stream = name == null ? null : account.find(name);
    if (stream == null || stream.isClosed()) {
      answer.error(ApiErrors.STREAM_NOT_FOUND.of(), ApiOperation.absent(request.tokens()));
      return;
    }
    stream.shard.run(() -> guarded(request, answer, () -> handler.handle(stream, request, answer)));
  }

  private static void guarded(ApiRequest request, ApiAnswer answer, Runnable task) {
    try {
      task.run();
    } catch (JsonException malformed) {
      answer.error(
          ApiErrors.INVALID_JSON.of(String.valueOf(malformed.getMessage())),
          ApiOperation.absent(request.tokens()));
    }
  }

  private boolean onPull(String[] tokens, MessageFrame message) {
    Stream stream = account.find(tokens[3]);
    Consumer consumer = stream == null ? null : stream.consumers.find(tokens[4]);
    if (stream == null || consumer == null || consumer.isClosed() || tokens.length != 5) {
      return false;
    }
    if (!message.hasReply()) {
      return true;
    }
    byte[] reply = message.copyReply();
    if (message.headersLength() > 0
        && ApiRequest.of(account, tokens, message).requiresMoreThan(account.options().apiLevel())) {
      consumer.send(reply, PullStatus.requiredApiLevel());
      return true;
    }
    if (stream.shard.loop.inLoop()) {
      consumer.onPull(reply, message.body, message.payloadStart, message.payloadEnd);
      return true;
    }
    byte[] body = message.copyPayload();
    return stream.shard.loop.offer(() -> consumer.onPull(reply, body, 0, body.length));
  }

  private boolean onDirectGet(String[] tokens, MessageFrame message) {
    Stream stream = account.findDirect(tokens[2]);
    if (stream == null) {
      return false;
    }
    if (message.hasReply()) {
      ApiRequest request = ApiRequest.of(account, tokens, message);
      stream.shard.run(() -> direct.get(stream, request));
    }
    return true;
  }

  /** A publish under {@code $JS.ACK.>}. */
  boolean onAck(MessageFrame message) {
    byte[] line = message.line;
    Consumer consumer = lastAcked;
    Ack ack = new Ack();
    if (consumer == null || !isFor(consumer, message) || consumer.isClosed()) {
      AckSubject subject = AckSubject.parse(line, message.subjectStart, message.subjectEnd);
      Stream stream = subject == null ? null : account.find(subject.stream());
      consumer =
          subject == null || stream == null ? null : stream.consumers.find(subject.consumer());
      if (subject == null || consumer == null) {
        return isMalformedAck(message);
      }
      ack.set(subject.delivered(), subject.streamSeq(), subject.consumerSeq());
      lastAcked = consumer;
    } else if (!ack.parse(
        line, message.subjectStart + consumer.ackPrefix.length, message.subjectEnd)) {
      return isMalformedAck(message);
    }
    if (!consumer.takesAcks()) {
      return false;
    }
    byte[] reply = message.hasReply() ? message.copyReply() : OutputBuffer.NO_BYTES;
    Consumer target = consumer;
    if (target.stream.shard.loop.inLoop()) {
      target.acks.onAck(ack, reply, message.body, message.payloadStart, message.payloadEnd);
      return true;
    }
    byte[] body = message.copyPayload();
    return target.stream.shard.loop.offer(
        () -> {
          if (!target.isClosed()) {
            target.acks.onAck(ack, reply, body, 0, body.length);
          }
        });
  }

  /** A publish under {@code $JS.FC.>}. */
  boolean onFlowControl(MessageFrame message) {
    String subject = message.subject();
    String[] tokens = subject.split("\\.", -1);
    Consumer consumer = tokens.length == FLOW_CONTROL_TOKENS ? find(tokens[2], tokens[3]) : null;
    if (consumer == null || !consumer.config().flowControl()) {
      return false;
    }
    Ack last = new Ack();
    byte[] body = message.body;
    int from = message.headersStart;
    int to = message.payloadStart;
    last.set(
        1,
        number(HeaderBlock.get(body, from, to, LAST_STREAM_SEQ)),
        number(HeaderBlock.get(body, from, to, LAST_CONSUMER_SEQ)));
    consumer.stream.shard.run(() -> consumer.onFlowControl(subject, last));
    return true;
  }

  /** A sequence in a header; 0 for what is none. */
  private static long number(@Nullable String header) {
    try {
      return header == null ? 0 : Math.max(0, Long.parseLong(header));
    } catch (NumberFormatException noNumber) {
      return 0;
    }
  }

  /** Whether a consumer hears the subject though it is none of an ack: it hears and ignores it. */
  private boolean isMalformedAck(MessageFrame message) {
    String[] tokens = message.subject().split("\\.", -1);
    Consumer consumer = tokens.length == ACK_TOKENS ? find(tokens[2], tokens[3]) : null;
    return consumer != null && consumer.takesAcks();
  }

  private @Nullable Consumer find(String stream, String consumer) {
    Stream found = account.find(stream);
    return found == null ? null : found.consumers.find(consumer);
  }

  private static boolean isFor(Consumer consumer, MessageFrame message) {
    int end = message.subjectStart + consumer.ackPrefix.length;
    return end < message.subjectEnd
        && Arrays.equals(
            message.line,
            message.subjectStart,
            end,
            consumer.ackPrefix,
            0,
            consumer.ackPrefix.length);
  }
}
