// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipstream.protocol.json.JsonReader;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ApiErrorsTest {

  @Test
  void placesInTheTextAreFilledInOrder() {
    assertThat(ApiErrors.STREAM_WRONG_LAST_SEQUENCE.of(7))
        .isEqualTo(new ApiError(400, 10071, "wrong last sequence: 7"));
    assertThat(ApiErrors.RESTORE_SUBSCRIBE_FAILED.of("a.{x}", "why").description())
        .isEqualTo("JetStream unable to subscribe to restore snapshot a.{x}: why");
    assertThat(ApiErrors.STREAM_NOT_FOUND.of())
        .isEqualTo(new ApiError(404, 10059, "stream not found"));
    assertThatThrownBy(() -> ApiErrors.STREAM_NOT_FOUND.of("x"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void codesLeadToTheirEntry() {
    Set<Integer> codes = new HashSet<>();
    for (ApiErrors error : ApiErrors.values()) {
      assertThat(codes.add(error.errCode())).as("%s", error).isTrue();
      assertThat(ApiErrors.byErrCode(error.errCode())).isSameAs(error);
      assertThat(error.is(error.of())).isTrue();
      assertThat(error.code()).isIn(400, 404, 409, 412, 429, 500, 503);
    }
    assertThat(ApiErrors.byErrCode(1)).isNull();
    assertThat(ApiErrors.BAD_REQUEST.is(null)).isFalse();
    assertThat(Arrays.stream(ApiErrors.values()).map(ApiErrors::errCode))
        .contains(10002, 10077, 10113, 10185, 10227);
  }

  @Test
  void emptyPartsOfAnErrorAreLeftOut() {
    assertThat(Golden.written(new ApiError(503, 0, "")::write)).isEqualTo("{\"code\":503}");
    byte[] json =
        Golden.written(ApiErrors.BAD_REQUEST.of()::write)
            .getBytes(java.nio.charset.StandardCharsets.UTF_8);
    assertThat(ApiError.read(JsonReader.of(json))).isEqualTo(ApiErrors.BAD_REQUEST.of());
  }
}
