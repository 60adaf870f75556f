package com.yidianrong.app.data;

import com.google.gson.annotations.SerializedName;
import kotlin.Metadata;

@Metadata(k = 1, mv = {1, 8, 0})
public final class BookBody {
  @SerializedName("size")
  private final int size;

  @SerializedName("content")
  private final String content;

  public BookBody(int size, String content) {
    this.size = size;
    this.content = content;
  }
}
