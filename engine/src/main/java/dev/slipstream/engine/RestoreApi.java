// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.api.ApiError;
import dev.slipstream.protocol.api.ApiErrors;
import dev.slipstream.protocol.api.RequestBody;
import dev.slipstream.protocol.api.RestoreRequest;
import dev.slipstream.protocol.api.StreamConfig;
import java.util.function.Consumer;

/**
 * The API call that restores a stream from an archive. Runs on the catalogue's loop. Source: the
 * JetStream API, and the checks of the public server in its order.
 */
final class RestoreApi {
  private final Engine engine;
  private final JetStreamAccount account;

  RestoreApi(Engine engine, JetStreamAccount account) {
    this.engine = engine;
    this.account = account;
  }

  /**
   * {@code STREAM.RESTORE.<stream>}.
   *
   * @param client the JSON object that describes who asks; empty when that is not known
   */
  void restore(ApiRequest request, ApiAnswer answer, byte[] client) {
    if (RequestBody.isEmpty(request.body(), 0, request.body().length)) {
      refuse(request, answer, ApiErrors.BAD_REQUEST.of());
      return;
    }
    StreamConfig given = RestoreRequest.read(request.json()).config();
    String name = request.tokens()[2];
    if (given.name().isEmpty()) {
      given = given.toBuilder().name(name).build();
    }
    if (!given.name().equals(name)) {
      refuse(request, answer, ApiErrors.STREAM_MISMATCH.of());
      return;
    }
    if (name.indexOf('/') >= 0 || name.indexOf('\\') >= 0) {
      refuse(request, answer, ApiErrors.STREAM_NAME_CONTAINS_PATH_SEPARATORS.of());
      return;
    }
    StreamRules.Checked checked =
        StreamRules.check(given, account.options(), account.limits(), account::configOf, false);
    ApiError error = checked.error();
    if (error == null) {
      error = StreamLimits.refusal(account, checked.config());
    }
    if (error == null && account.isTaken(name)) {
      error = ApiErrors.STREAM_NAME_EXIST_RESTORE_FAILED.of();
    }
    if (error == null && !account.transfers.hasRoomForRestore()) {
      error = ApiErrors.STREAM_RESTORE.of("too many restores at the same time");
    }
    if (error != null) {
      refuse(request, answer, error);
      return;
    }
    begin(name, checked.config(), answer, client);
  }

  private static void refuse(ApiRequest request, ApiAnswer answer, ApiError error) {
    answer.error(error, ApiOperation.absent(request.tokens()));
  }

  /** Tells where the chunks are to be sent. */
  private void begin(String name, StreamConfig config, ApiAnswer answer, byte[] client) {
    Shard entry = engine.catalogue().shard();
    TransferAdvisories advisories = new TransferAdvisories(account, entry.clock, name, client);
    String id = Names.unique(entry.random);
    StreamRestore restore =
        new StreamRestore(entry, account, name, advisories, new Steps(id, config));
    account.transfers.add(id, restore);
    restore.begin();
    advisories.restoreBegins();
    answer.ok(json -> json.field("deliver_subject", "$JS.SNAPSHOT.RESTORE." + name + "." + id));
  }

  private final class Steps implements StreamRestore.Steps {
    private final RestoringStreams restoring = engine.catalogue().restoring();
    private final String id;
    private final StreamConfig config;

    Steps(String id, StreamConfig config) {
      this.id = id;
      this.config = config;
    }

    @Override
    public void begin(long bytes, Consumer<ApiError> refused, Consumer<Stream> begun) {
      engine.runOnCatalogue(() -> restoring.begin(account, config, bytes, refused, begun));
    }

    @Override
    public void complete(Stream stream, Consumer<ApiError> refused, Runnable made) {
      engine.runOnCatalogue(() -> restoring.complete(stream, refused, made));
    }

    @Override
    public void abandon(Stream stream, Runnable gone) {
      engine.runOnCatalogue(() -> restoring.abandon(stream, gone));
    }

    @Override
    public void over() {
      account.transfers.remove(id);
    }
  }
}
