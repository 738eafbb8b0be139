// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

/**
 * What a {@link StoreDump} shows of one record; its bytes are valid during the call only.
 *
 * @param position its position in the log, or for a record of a segment file its offset there
 * @param file the segment file below the directory {@code slipstream}; empty for the log
 * @param generation its generation; -1 in a segment file, which has none
 * @param type what it is, in words
 * @param assetId whose it is; 0 is the catalogue
 * @param isMessage whether the body is one that {@link MessageCodec} reads
 * @param removed whether the checkpoint says that the message was removed
 * @param bytes holds the body
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
    boolean isMessage,
    boolean removed,
    byte[] bytes,
    int from,
    int to) {}
