package kotlin.collections;

import java.util.List;
import kotlin.jvm.functions.Function1;

public final class CollectionsKt {
  public static <T> int collectionSizeOrDefault(Iterable<? extends T> items, int other) {
    return other;
  }

  public static <T> String joinToString$default(
      Iterable<? extends T> items,
      CharSequence separator,
      CharSequence prefix,
      CharSequence postfix,
      int limit,
      CharSequence truncated,
      Function1<? super T, ? extends CharSequence> transform,
      int mask,
      Object marker) {
    return "";
  }

  public static <T> List<T> emptyList() {
    return null;
  }
}
