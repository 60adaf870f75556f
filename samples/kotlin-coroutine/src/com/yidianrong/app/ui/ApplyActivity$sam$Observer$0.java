package com.yidianrong.app.ui;

import androidx.lifecycle.Observer;
import kotlin.Metadata;
import kotlin.Unit;
import kotlin.jvm.functions.Function1;

@Metadata(k = 3, mv = {1, 8, 0})
final class ApplyActivity$sam$Observer$0 implements Observer<Boolean> {
  private final Function1<Boolean, Unit> function;

  ApplyActivity$sam$Observer$0(Function1<Boolean, Unit> function) {
    this.function = function;
  }

  @Override
  public final void onChanged(Boolean value) {
    function.invoke(value);
  }
}
