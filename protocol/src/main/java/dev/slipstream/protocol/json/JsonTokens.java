// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.json;

import com.fasterxml.jackson.core.Base64Variants;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The tokens of one document: the parser with its bounds, and every one of its failures turned into
 * a {@link JsonException} with the public server's words.
 */
final class JsonTokens {
  static final int MAX_DEPTH = 64;
  static final int MAX_NUMBER_LENGTH = 1000;
  static final int MAX_NAME_LENGTH = 256 * 1024;

  // Names are not interned: they come from peers, and the JVM's table of strings has no bound.
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxNumberLength(MAX_NUMBER_LENGTH)
                  .maxNameLength(MAX_NAME_LENGTH)
                  .maxStringLength(Integer.MAX_VALUE)
                  .build())
          .build();

  private final byte[] source;
  private final int sourceOffset;
  private final int sourceLength;
  private final byte[] parsed;
  private final int parsedOffset;
  private final JsonParser parser;
  private @Nullable JsonToken token;
  private boolean strict;
  private int values = 1;

  JsonTokens(byte[] bytes, int offset, int length) {
    source = bytes;
    sourceOffset = offset;
    sourceLength = length;
    boolean valid = Utf8.valid(bytes, offset, length);
    parsed = valid ? bytes : Utf8.repaired(bytes, offset, length);
    parsedOffset = valid ? offset : 0;
    try {
      parser = FACTORY.createParser(parsed, parsedOffset, valid ? length : parsed.length);
    } catch (IOException impossible) {
      throw new AssertionError("no I/O takes place on an array", impossible);
    }
  }

  /** Sets whether several values may follow each other, with the wording that goes with it. */
  void strict(boolean on) {
    strict = on;
  }

  boolean strict() {
    return strict;
  }

  /** Notes that a root value was read without fault; errors after it concern the next one. */
  void valueEnded() {
    values++;
  }

  /** The token the last call of {@link #next} has found; null before the first and at the end. */
  @Nullable JsonToken token() {
    return token;
  }

  @Nullable JsonToken first() {
    if (Utf8.ambiguousStart(source, sourceOffset, sourceLength)) {
      throw closed("invalid character", Integer.MAX_VALUE);
    }
    return next();
  }

  @Nullable JsonToken next() {
    try {
      token = parser.nextToken();
      return token;
    } catch (IOException | IllegalStateException e) {
      throw broken(e);
    }
  }

  String name() {
    try {
      return Utf8.withoutLoneSurrogates(parser.currentName());
    } catch (IOException e) {
      throw broken(e);
    }
  }

  String text() {
    try {
      return Utf8.withoutLoneSurrogates(parser.getText());
    } catch (IOException e) {
      throw broken(e);
    }
  }

  void skipChildren() {
    try {
      parser.skipChildren();
    } catch (IOException | IllegalStateException e) {
      throw broken(e);
    }
  }

  /** The bytes of a string in base64, or null if it is no base64. */
  byte @Nullable [] binary() {
    try {
      return parser.getBinaryValue(Base64Variants.MIME_NO_LINEFEEDS);
    } catch (IOException e) {
      if (syntaxError(values) != null) {
        throw broken(e);
      }
      return null;
    }
  }

  /** The current value as it stands in the document; an empty document stands for null. */
  String raw() {
    if (token == null) {
      return "null";
    }
    int from = parsedOffset + (int) parser.currentTokenLocation().getByteOffset();
    try {
      parser.skipChildren();
      parser.finishToken();
    } catch (IOException | IllegalStateException e) {
      throw broken(e);
    }
    int to = parsedOffset + (int) parser.currentLocation().getByteOffset();
    return new String(parsed, from, to - from, StandardCharsets.UTF_8).strip();
  }

  boolean inRoot() {
    return parser.getParsingContext().inRoot();
  }

  /** The exception with {@code text}, or with the syntax error of the values read so far. */
  JsonException fail(String text) {
    return closed(text, values);
  }

  /** The parser stops at the first syntax error there is, so all values may be looked at for it. */
  private JsonException broken(Exception cause) {
    String limit =
        cause instanceof StreamConstraintsException e ? e.getOriginalMessage() : "invalid document";
    return closed(limit, Integer.MAX_VALUE);
  }

  private JsonException closed(String text, int valuesToCheck) {
    String syntax = syntaxError(valuesToCheck);
    try {
      parser.close();
    } catch (IOException ignored) {
      // Nothing is open behind an array; closing only gives the parser's buffers back.
    }
    return new JsonException(syntax == null ? text : syntax);
  }

  private @Nullable String syntaxError(int valuesToCheck) {
    return JsonSyntax.error(source, sourceOffset, sourceLength, strict, valuesToCheck, MAX_DEPTH);
  }
}
