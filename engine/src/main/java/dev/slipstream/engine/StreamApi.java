// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.api.ApiError;
import dev.slipstream.protocol.api.ApiErrors;
import dev.slipstream.protocol.api.PagedRequest;
import dev.slipstream.protocol.api.RequestBody;
import dev.slipstream.protocol.api.StorageType;
import dev.slipstream.protocol.api.StreamConfig;
import dev.slipstream.protocol.api.StreamConfigRequest;
import dev.slipstream.protocol.api.StreamInfoRequest;
import dev.slipstream.protocol.json.JsonWriter;
import dev.slipstream.protocol.subject.Subject;
import dev.slipstream.store.StoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The API calls about streams as a whole. Source: the JetStream API, ADR-1. */
final class StreamApi {

  private final Engine engine;
  private final JetStreamAccount account;

  StreamApi(Engine engine, JetStreamAccount account) {
    this.engine = engine;
    this.account = account;
  }

  void create(ApiRequest request, ApiAnswer answer) {
    StreamConfigRequest body = StreamConfigRequest.read(request.json());
    StreamConfig given = body.config();
    String name = request.tokens()[2];
    if (!given.name().equals(name)) {
      answer.error(ApiErrors.STREAM_MISMATCH.of());
      return;
    }
    if (name.indexOf('/') >= 0 || name.indexOf('\\') >= 0) {
      answer.error(ApiErrors.STREAM_NAME_CONTAINS_PATH_SEPARATORS.of());
      return;
    }
    if (given.sealed()) {
      answer.error(StreamRules.invalid("stream configuration for create can not be sealed"));
      return;
    }
    if (given.mirrorDirect() && given.mirror() == null) {
      answer.error(StreamRules.invalid("stream has no mirror but does have mirror direct"));
      return;
    }
    ApiError full = StreamLimits.refusalAtOnce(account, given, namesStorage(request));
    StreamRules.Checked checked = checked(body);
    if (full != null || checked.error() != null) {
      answer.error(full != null ? full : Objects.requireNonNull(checked.error()));
      return;
    }
    engine
        .catalogue()
        .create(account, checked.config(), answer::error, stream -> created(stream, answer));
  }

  private static boolean namesStorage(ApiRequest request) {
    boolean[] named = new boolean[1];
    request
        .json()
        .object(
            "StreamConfig",
            (name, in) -> {
              named[0] |= name.equalsIgnoreCase("storage");
              in.raw();
              return true;
            });
    return named[0];
  }

  private StreamRules.Checked checked(StreamConfigRequest body) {
    return StreamRules.check(
        StampedMetadata.stamp(body.config()),
        account.options(),
        account.limits(),
        account::configOf,
        body.pedantic());
  }

  private void created(Stream stream, ApiAnswer answer) {
    stream.shard.run(() -> answer.ok(json -> StreamView.writeCreated(json, stream)));
  }

  void update(ApiRequest request, ApiAnswer answer) {
    StreamConfigRequest body = StreamConfigRequest.read(request.json());
    StreamRules.Checked checked = checked(body);
    if (checked.error() != null) {
      answer.error(checked.error());
      return;
    }
    String name = request.tokens()[2];
    if (!body.config().name().equals(name)) {
      answer.error(ApiErrors.STREAM_MISMATCH.of());
      return;
    }
    Stream stream = account.find(name);
    if (stream == null || stream.isClosed()) {
      answer.error(ApiErrors.STREAM_NOT_FOUND.of());
      return;
    }
    StreamConfig config = StreamRules.sealed(checked.config());
    ApiError error = StreamRules.checkUpdate(stream.config(), config);
    if (error != null) {
      answer.error(error);
      return;
    }
    engine
        .catalogue()
        .update(
            stream,
            config,
            answer::error,
            () ->
                stream.trim.whenDone(
                    () ->
                        stream.interest.whenSettled(
                            () ->
                                answer.ok(json -> StreamView.writeInfo(json, stream, true, false)),
                            () -> updateFailed(stream.shard.failure(), answer)),
                    cause -> updateFailed(cause, answer)));
  }

  /** The new configuration is kept, and not all that it asks for has happened. */
  private static void updateFailed(@Nullable StoreException cause, ApiAnswer answer) {
    String why = cause == null ? "the log has failed" : String.valueOf(cause.getMessage());
    answer.error(ApiErrors.STREAM_UPDATE.of(why));
  }

  void delete(ApiRequest request, ApiAnswer answer) {
    if (!RequestBody.isEmpty(request.body(), 0, request.body().length)) {
      answer.error(ApiErrors.NOT_EMPTY_REQUEST.of());
      return;
    }
    Stream stream = account.find(request.tokens()[2]);
    if (stream == null || stream.isClosed()) {
      answer.error(ApiErrors.STREAM_NOT_FOUND.of());
      return;
    }
    engine.catalogue().delete(stream, answer::error, answer::success);
  }

  void names(ApiRequest request, ApiAnswer answer) {
    PagedRequest asked = page(request);
    ApiPage<Stream> page = ApiPage.of(matching(asked.subject()), asked, ApiPage.NAMES);
    answer.ok(
        json -> {
          page.write(json);
          json.name("streams");
          if (page.shown().isEmpty()) {
            json.nullValue();
            return;
          }
          json.array();
          page.shown().forEach(stream -> json.value(stream.name));
          json.endArray();
        });
  }

  void list(ApiRequest request, ApiAnswer answer) {
    PagedRequest asked = page(request);
    ApiPage<Stream> page = ApiPage.of(matching(asked.subject()), asked, ApiPage.DESCRIPTIONS);
    // each stream writes its own part, on its own loop, and hands over to the next
    JsonWriter json = new JsonWriter().array();
    engine.visit(
        page.shown(),
        stream -> {
          json.object();
          StreamView.writeInfo(json, stream, false, false);
          json.end();
        },
        () ->
            answer.ok(
                out -> {
                  page.write(out);
                  out.name("streams").rawValue(json.endArray());
                }));
  }

  private static PagedRequest page(ApiRequest request) {
    return RequestBody.isJson(request.body(), 0, request.body().length)
        ? PagedRequest.read(request.json())
        : new PagedRequest(0, "");
  }

  private List<Stream> matching(String subject) {
    List<Stream> matching = new ArrayList<>();
    for (Stream stream : account.sorted()) {
      if (subject.isEmpty()
          || stream.config().subjects().stream().anyMatch(s -> Subject.overlap(s, subject))) {
        matching.add(stream);
      }
    }
    return matching;
  }

  void info(Stream stream, ApiRequest request, ApiAnswer answer) {
    StreamInfoRequest asked =
        RequestBody.isJson(request.body(), 0, request.body().length)
            ? StreamInfoRequest.read(request.json())
            : new StreamInfoRequest(0, false, "");
    StreamDetails details = new StreamDetails(stream, asked);
    details.gather(
        () -> answer.ok(json -> StreamView.writeDetailedInfo(json, stream, asked, details)),
        () -> answer.error(ApiErrors.STREAM_NOT_FOUND.of()));
  }

  void accountInfo(ApiAnswer answer) {
    answer.ok(this::writeAccountInfo);
  }

  private void writeAccountInfo(JsonWriter json) {
    StorageUsage memory = account.resources().memory;
    StorageUsage file = account.resources().file;
    json.field("memory", memory.bytes()).field("storage", file.bytes());
    json.field("reserved_memory", account.reserved(StorageType.MEMORY))
        .field("reserved_storage", account.reserved(StorageType.FILE));
    json.field("streams", account.streamCount()).field("consumers", account.consumerCount());
    account.limits().write(json.name("limits"));
    json.fieldIf("domain", account.domain());
    json.name("api").object();
    json.field("level", (long) account.options().apiLevel());
    json.field("total", account.apiTotal.sum()).field("errors", account.apiErrors.sum()).end();
  }
}
