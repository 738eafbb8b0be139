// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.api.ApiErrors;
import dev.slipstream.protocol.api.RequestBody;
import dev.slipstream.protocol.api.SnapshotRequest;
import dev.slipstream.protocol.subject.Subject;

/**
 * The API call that backs up a stream. Source: the JetStream API, and the checks of the public
 * server in its order.
 */
final class SnapshotApi {
  private final JetStreamAccount account;

  SnapshotApi(JetStreamAccount account) {
    this.account = account;
  }

  /**
   * {@code STREAM.SNAPSHOT.<stream>}.
   *
   * @param client the JSON object that describes who asks; empty when that is not known
   */
  void snapshot(
      ApiRequest request, ApiAnswer answer, byte[] client, ApiDispatcher.ToStream toStream) {
    if (RequestBody.isEmpty(request.body(), 0, request.body().length)) {
      answer.error(ApiErrors.BAD_REQUEST.of());
      return;
    }
    toStream.run(2, request, answer, (stream, r, a) -> take(stream, r, a, client));
  }

  private void take(Stream stream, ApiRequest request, ApiAnswer answer, byte[] client) {
    SnapshotRequest asked = SnapshotRequest.read(request.json());
    if (!Subject.isValidLiteral(asked.deliverSubject())) {
      answer.error(ApiErrors.SNAPSHOT_DELIVER_SUBJECT_INVALID.of());
      return;
    }
    if (!account.transfers.hasRoomForSnapshot()) {
      answer.error(ApiErrors.STREAM_SNAPSHOT.of("too many snapshots at the same time"));
      return;
    }
    SnapshotContents contents;
    try {
      contents = new SnapshotContents(stream, !asked.noConsumers());
    } catch (ArchiveException failure) {
      answer.error(ApiErrors.STREAM_SNAPSHOT.of(failure.text()));
      return;
    }
    String id = Names.unique(stream.random());
    TransferAdvisories advisories =
        new TransferAdvisories(account, stream.shard.clock, stream.name, client);
    StreamSnapshot snapshot =
        new StreamSnapshot(
            stream,
            id,
            asked,
            contents,
            cutShort -> {
              account.transfers.remove(id);
              advisories.snapshotEnded(cutShort);
            });
    account.transfers.add(id, snapshot);
    // what consumers were told is in the archive, so it has to be in the log before
    stream.consumers.sorted().forEach(Consumer::logChanges);
    stream.log.whenDurable(
        () -> {
          answer.ok(
              json -> {
                stream.config().write(json.name("config"));
                contents.state().write(json.name("state"));
              });
          advisories.snapshotBegins(contents.state());
          snapshot.begin();
        },
        () -> {
          account.transfers.remove(id);
          answer.error(ApiErrors.STREAM_SNAPSHOT.of(failure(stream)));
        });
  }

  private static String failure(Stream stream) {
    dev.slipstream.store.StoreException cause = stream.shard.failure();
    return cause == null ? "the store has failed" : String.valueOf(cause.getMessage());
  }
}
