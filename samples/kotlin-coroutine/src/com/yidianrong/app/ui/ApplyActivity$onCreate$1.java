package com.yidianrong.app.ui;

import kotlin.Metadata;
import kotlin.Unit;
import kotlin.jvm.functions.Function1;
import kotlin.jvm.internal.Lambda;

@Metadata(k = 3, mv = {1, 8, 0})
final class ApplyActivity$onCreate$1 extends Lambda<Unit> implements Function1<Boolean, Unit> {
  final ApplyActivity this$0;

  ApplyActivity$onCreate$1(ApplyActivity activity) {
    super(1);
    this.this$0 = activity;
  }

  @Override
  public Unit invoke(Boolean done) {
    this$0.show(done);
    return Unit.INSTANCE;
  }
}
