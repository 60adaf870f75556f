package com.yidianrong.app.data;

import kotlin.Metadata;
import kotlin.jvm.functions.Function1;
import kotlin.jvm.internal.Lambda;

@Metadata(k = 3, mv = {1, 8, 0})
final class BookRepository$upload$content$1 extends Lambda<CharSequence>
    implements Function1<Person, CharSequence> {
  public static final BookRepository$upload$content$1 INSTANCE =
      new BookRepository$upload$content$1();

  BookRepository$upload$content$1() {
    super(1);
  }

  @Override
  public CharSequence invoke(Person it) {
    return it.component1() + ',' + it.component2();
  }
}
