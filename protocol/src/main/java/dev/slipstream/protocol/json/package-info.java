// SPDX-License-Identifier: Apache-2.0
/**
 * JSON as the JetStream API speaks it: bounded, strict when asked, and worded like the public
 * server.
 *
 * <p>Entry types: {@link dev.slipstream.protocol.json.JsonReader} walks a document field by field;
 * {@link dev.slipstream.protocol.json.JsonWriter} builds one. Read them in that order, then {@link
 * dev.slipstream.protocol.json.Rfc3339} for times and {@link
 * dev.slipstream.protocol.json.GoDuration} for spans of them. {@code JsonSyntax} only runs when a
 * document is broken: it finds the words in which Go's {@code encoding/json} reports the fault,
 * because clients show and sometimes match those words.
 *
 * <p>Nothing here keeps state between documents; readers and writers belong to the thread that made
 * them.
 */
@NullMarked
package dev.slipstream.protocol.json;

import org.jspecify.annotations.NullMarked;
