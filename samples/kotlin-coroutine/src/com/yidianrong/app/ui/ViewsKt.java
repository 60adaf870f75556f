package com.yidianrong.app.ui;

import android.view.View;
import kotlin.Metadata;
import kotlin.Unit;
import kotlin.jvm.functions.Function0;
import kotlin.jvm.internal.Intrinsics;

@Metadata(k = 2, mv = {1, 8, 0})
public final class ViewsKt {
  /** An extension function: `fun View.onTap(block: () -> Unit)`. */
  public static final void onTap(View $this$onTap, final Function0<Unit> block) {
    Intrinsics.checkNotNullParameter($this$onTap, "<this>");
    Intrinsics.checkNotNullParameter(block, "block");
    $this$onTap.setOnClickListener(it -> block.invoke());
  }
}
