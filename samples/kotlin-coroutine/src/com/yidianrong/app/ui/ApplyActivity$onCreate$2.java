package com.yidianrong.app.ui;

import kotlin.Metadata;
import kotlin.Unit;
import kotlin.jvm.functions.Function0;
import kotlin.jvm.internal.Lambda;

@Metadata(k = 3, mv = {1, 8, 0})
final class ApplyActivity$onCreate$2 extends Lambda<Unit> implements Function0<Unit> {
  final ApplyActivity this$0;

  ApplyActivity$onCreate$2(ApplyActivity activity) {
    super(0);
    this.this$0 = activity;
  }

  @Override
  public Unit invoke() {
    ApplyActivity.access$getModel$p(this$0).submit();
    return Unit.INSTANCE;
  }
}
