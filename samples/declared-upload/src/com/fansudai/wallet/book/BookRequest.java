package com.fansudai.wallet.book;

import java.util.ArrayList;
import java.util.List;

public class BookRequest {
  private final String scene = "credit";
  private final List<BookEntry> entries = new ArrayList<BookEntry>();

  public void add(BookEntry entry) {
    if (entry.getPhone() != null) {
      entries.add(entry);
    }
  }
}
