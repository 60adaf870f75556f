package com.yidianrong.app.data;

import com.google.gson.annotations.SerializedName;
import kotlin.Metadata;

@Metadata(k = 1, mv = {1, 8, 0})
public final class Reply {
  @SerializedName("ok")
  private final boolean ok;

  public Reply(boolean ok) {
    this.ok = ok;
  }

  public final boolean getOk() {
    return ok;
  }
}
