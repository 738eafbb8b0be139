// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import org.jspecify.annotations.Nullable;

/**
 * What a {@link StoreDump} shows of one record; its bytes are valid during the call only.
 *
 * @param position its position in the log, or for a record of a segment file its offset there; in a
 *     compressed block that of the part which it is in
 * @param file the segment file below the directory {@code slipstream}; empty for the log
 * @param generation its generation; -1 in a segment file, which has none
 * @param type what it is, in words
 * @param assetId whose it is; 0 is the catalogue
 * @param message the message, when it is one
 * @param removed whether the checkpoint says that the message was removed
 * @param bytes holds the body, of a message its frame
 * @param from where the body begins
 * @param to where it ends
 */
@SuppressWarnings("ArrayRecordComponent") // a view, never compared
public record DumpedRecord(
    long position,
    String file,
    int generation,
    String type,
    long assetId,
    @Nullable StoredMessage message,
    boolean removed,
    byte[] bytes,
    int from,
    int to) {}
